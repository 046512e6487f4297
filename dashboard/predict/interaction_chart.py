"""Two inputs together: a map of the mean prediction, and whether their effects only add up."""

from typing import Any

import streamlit as st

from backend.contract.dependence import DependenceResponse, InteractionAxis, InteractionResponse
from dashboard.charts.colours import UP
from dashboard.shared.service import housing_client
from dashboard.wording.feature_words import feature_named, input_words, label_with_unit
from dashboard.wording.value import CHART_UNIT, escaped, in_chart_unit
from dashboard.wording.words import LABEL, VALUE, in_sentence

HEIGHT = 380
LEAST_OPACITY = 0.1
WEAK_BELOW, STRONG_FROM = 0.02, 0.1
"""Strengths that are hardly seen in the map, and that shape it."""


def draw_interaction(found: DependenceResponse) -> None:
    """Let the operator choose two inputs, and draw them when asked."""
    names = [curve.feature for curve in found.curves]
    st.markdown("**Two inputs together**")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        first = st.selectbox("One", names, key="predict_first", format_func=_label, width=240)
        others = [name for name in names if name != first]
        second = st.selectbox("Other", others, key="predict_second", format_func=_label, width=240)
        st.button("Show both", key="predict_interaction", on_click=_want, args=(first, second))
    if st.session_state.get("predict_interaction_of") != (first, second):
        return
    with st.spinner("Computing …"):
        both = housing_client().interaction(first, second)
    st.markdown(escaped(strength_words(both)))
    st.caption(escaped(f"Colour: mean {VALUE} in {CHART_UNIT}, stronger where it is higher."))
    st.echarts_chart(
        interaction_option(both),
        height=HEIGHT,
        key="predict_interaction_map",
        alt=f"Mean {LABEL} by {in_sentence(_label(first))} and {in_sentence(_label(second))}",
    )


def strength_words(both: InteractionResponse) -> str:
    """Say how strongly two inputs act on each other.

    Examples
    --------
    >>> from storage.domain.inputs import FEATURE_NAMES
    >>> axes = [InteractionAxis(feature=name, values=[0.0]) for name in FEATURE_NAMES[:2]]
    >>> both = InteractionResponse(
    ...     first=axes[0], second=axes[1], means=[[1.0]], strength=0.01, rows=9, model_version="v"
    ... )
    >>> strength_words(both).partition(":")[0]
    'The effects of the two add up'
    """
    share = f"{both.strength:.0%} of what they do together comes from the combination"
    if both.strength < WEAK_BELOW:
        return f"The effects of the two add up: {share}."
    how = "strongly" if both.strength >= STRONG_FROM else "somewhat"
    return f"The two act on each other {how}: {share}."


def interaction_option(both: InteractionResponse) -> dict[str, Any]:
    """Return the map: the first input to the right, the second upwards, the colour is the mean value."""
    amounts = [[float(f"{in_chart_unit(mean):.4g}") for mean in row] for row in both.means]
    points = [
        [column, row, amount]
        for column, of_first in enumerate(amounts)
        for row, amount in enumerate(of_first)
    ]
    flat = [amount for row in amounts for amount in row]
    return {
        "animation": False,
        "grid": {"left": 22, "right": 70, "top": 12, "bottom": 24},
        "xAxis": _axis(both.first) | {"nameGap": 26},
        "yAxis": _axis(both.second) | {"nameGap": 56},
        "visualMap": {
            "min": min(flat),
            "max": max(flat),
            "right": 0,
            "top": "middle",
            "text": [f"{max(flat):,.4g}", f"{min(flat):,.4g}"],
            "inRange": {"color": [UP, UP], "opacity": [LEAST_OPACITY, 1]},
        },
        "tooltip": {"trigger": "item", "formatter": "{@[2]} " + CHART_UNIT},
        "series": [{"type": "heatmap", "name": LABEL, "data": points}],
    }


def _want(first: str, second: str) -> None:
    st.session_state["predict_interaction_of"] = (first, second)


def _label(name: str) -> str:
    return feature_named(name).label


def _axis(axis: InteractionAxis) -> dict[str, Any]:
    feature = feature_named(axis.feature)
    written = axis.categories or [input_words(feature, float(f"{one:.4g}")) for one in axis.values]
    return {
        "type": "category",
        "data": written,
        "name": label_with_unit(feature),
        "nameLocation": "middle",
        "axisTick": {"show": False},
        "axisLabel": {"hideOverlap": True},
    }
