"""How the model answers in general: what matters, along each input, and along two together."""

from typing import Any

import streamlit as st

from backend.contract.definition import SUBJECTS
from backend.contract.dependence import DependenceCurve, DependenceResponse
from dashboard.charts.colours import UP
from dashboard.predict.interaction_chart import draw_interaction
from dashboard.predict.sensitivity_chart import LEAST_COLUMN_WIDTH, MOST_AT_ONCE
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.feature_words import feature_named, is_year, whole_years
from dashboard.wording.value import CHART_UNIT, escaped, in_chart_unit
from dashboard.wording.version_words import short_version
from dashboard.wording.words import LABEL, VALUE, in_sentence

HEIGHT = 190
SPREAD_OPACITY = 0.18


def draw_general() -> None:
    """Draw it where a person opens it; nothing is computed before."""
    opened = st.expander(
        f"How the model uses its inputs for any {VALUE}",
        icon=":material/insights:",
        key="predict_general",
        on_change="rerun",
    )
    if not opened.open:
        return
    with opened, asking_service():
        with st.spinner("Computing …"):
            found = housing_client().dependence()
        _draw_curves(found)
        draw_interaction(found)


def _draw_curves(found: DependenceResponse) -> None:
    curves = found.curves[:MOST_AT_ONCE]
    left = len(found.curves) - len(curves)
    more = f" The {left} least important are left out." if left else ""
    st.caption(
        escaped(
            f"The most important input first; the share is what the {VALUE} changes with it. Line: mean "
            f"{VALUE} in {CHART_UNIT} if each of {found.rows} training {SUBJECTS} had this value. Band: how "
            f"the middle 80% of them differ from it. Model {short_version(found.model_version)}.{more}"
        )
    )
    ends = value_ends(curves)
    with st.grid(4, min_column_width=LEAST_COLUMN_WIDTH, gap="small"):
        for curve in curves:
            _draw_curve(curve, ends)


def value_ends(curves: list[DependenceCurve]) -> tuple[float, float]:
    """Return the lowest and highest end of all spreads, in the chart's unit: one scale for all."""
    lowest = min(min(curve.lower) for curve in curves)
    highest = max(max(curve.upper) for curve in curves)
    return in_chart_unit(lowest), in_chart_unit(highest)


def _draw_curve(curve: DependenceCurve, ends: tuple[float, float]) -> None:
    feature = feature_named(curve.feature)
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{feature.label}** :small[:gray[{curve.importance:.0%}]]")
        st.echarts_chart(
            dependence_option(curve, ends),
            height=HEIGHT,
            key=f"predict_general_{curve.feature}",
            alt=f"Mean {LABEL} along {in_sentence(feature.label)}, with its spread",
        )


def dependence_option(curve: DependenceCurve, ends: tuple[float, float]) -> dict[str, Any]:
    """Return the chart: a line with its band, or one bar for each category with the ends of its spread."""
    feature = feature_named(curve.feature)
    axis = {"splitLine": {"show": False}, "axisLabel": {"hideOverlap": True}}
    own = {
        "type": "value",
        "min": curve.values[0],
        "max": curve.values[-1],
        "name": feature.unit,
        "nameLocation": "middle",
        "nameGap": 24,
        "splitNumber": 3,
        "axisLabel": {"hideOverlap": True, "showMinLabel": False, "showMaxLabel": False}
        | whole_years(is_year(feature)),
        "splitLine": {"show": False},
    }
    words = {"type": "category", "data": curve.categories, **axis}
    return {
        "animation": False,
        "grid": {"left": 0, "right": 12, "top": 10, "bottom": 22},
        "tooltip": {"trigger": "axis", "valueFormatter": "%,.4g"},
        "xAxis": own if curve.categories is None else words,
        "yAxis": {"type": "value", "splitNumber": 3, **_round_ends(ends)},
        "series": [*_band(curve), _line(curve)],
    }


def _round_ends(ends: tuple[float, float]) -> dict[str, Any]:
    lowest, highest = ends
    return {"min": min(0.0, lowest), "max": highest, "axisLabel": {"showMaxLabel": False}}


def _points(curve: DependenceCurve, values: list[float]) -> list[Any]:
    amounts = list(map(in_chart_unit, values))
    if curve.categories is not None:
        return amounts
    return [list(point) for point in zip(curve.values, amounts, strict=True)]


def _line(curve: DependenceCurve) -> dict[str, Any]:
    return {
        "type": "line" if curve.categories is None else "bar",
        "name": f"Mean, {CHART_UNIT}",
        "data": _points(curve, curve.means),
        "showSymbol": False,
        "lineStyle": {"width": 2, "color": UP},
        "itemStyle": {"color": UP},
    }


def _band(curve: DependenceCurve) -> list[dict[str, Any]]:
    """Return the band: an unseen line at its lower end, and on it, filled, what is missing to the upper."""
    widths = [high - low for low, high in zip(curve.lower, curve.upper, strict=True)]
    frame = {"type": "line", "showSymbol": False, "lineStyle": {"opacity": 0}, "stack": "spread"}
    hidden = {"itemStyle": {"color": UP}, "tooltip": {"show": False}, "silent": True}
    return [
        frame | hidden | {"name": "Lower end", "data": _points(curve, curve.lower)},
        frame
        | hidden
        | {
            "name": "Spread",
            "data": _points(curve, widths),
            "areaStyle": {"color": UP, "opacity": SPREAD_OPACITY},
        },
    ]
