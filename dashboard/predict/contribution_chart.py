"""Why this prediction: a waterfall from the average prediction to this one."""

from typing import Any

import streamlit as st

from backend.contract.definition import SUBJECTS
from backend.contract.predictions import HousingFeatures, PredictionResponse
from dashboard.charts.colours import DOWN, TOTAL, UP
from dashboard.charts.scale import Scale, shortened
from dashboard.charts.still_chart import draw_still
from dashboard.predict.contributions import BuildUp, Contribution, amount_of, build_up, value_of
from dashboard.wording.feature_words import feature_named, input_words, with_unit
from dashboard.wording.value import escaped, written, written_difference
from dashboard.wording.words import VALUE, in_units

BASE_LABEL = f"Average {VALUE}"
TOTAL_LABEL = f"This {VALUE}"
BAR_HEIGHT, FRAME_HEIGHT = 39, 50
"""Pixels; the frame is the axis."""
FAR_FROM_ZERO = 0.25
"""Steps that reach over less than this share of the bars would be slivers if the axis began at zero."""
ROOM_SHARE = 0.22
"""Of the bars' span, beside the outermost for their texts."""


def draw_contributions(explained: PredictionResponse) -> None:
    """Draw the waterfall of a prediction with its contributions."""
    if explained.contributions is None:
        st.warning("The service returned no contributions.", icon=":material/warning:")
        return
    steps = build_up(explained.contributions, explained.prediction)
    st.markdown(escaped(f"**{in_units(f'From the average {VALUE} to this one')}**"))
    figure = waterfall_figure(steps, explained.input)
    draw_still(figure, "waterfall", _height(steps), waterfall_words(steps))
    exact = "exact" if explained.contributions.standard_errors is None else "estimated"
    rows = explained.contributions.rows
    st.caption(
        f"{escaped(_sum_words(steps))} The average is that of {'some' if rows is None else rows} typical "
        f"training {SUBJECTS}, which this one is compared with. Each "
        f"bar is an input's {exact} Shapley value: its contribution, averaged over every order of the "
        f"inputs. It explains the model, not what causes the {VALUE}."
        f"{'' if 0 in ends(steps) else ' The axis does not begin at zero.'}"
    )


def waterfall_figure(steps: BuildUp, inputs: HousingFeatures) -> dict[str, Any]:
    """Return the chart: the written unit to the right, inputs downwards by size, between two totals."""
    values = inputs.model_dump()
    parts = steps.contributions
    amounts = [amount_of(count) for count in (steps.base, *_counts(steps), steps.total)]
    return {
        "data": [
            {
                "type": "waterfall",
                "orientation": "h",
                "measure": ["absolute", *["relative"] * len(parts), "total"],
                "x": amounts,
                "y": [BASE_LABEL, *[_label(part, values) for part in parts], TOTAL_LABEL],
                "text": _bar_texts(steps),
                "hovertext": _hover_texts(steps, values),
                "hoverinfo": "text",
                "textposition": "outside",
                "cliponaxis": False,
                "constraintext": "none",
                "increasing": {"marker": {"color": UP}},
                "decreasing": {"marker": {"color": DOWN}},
                "totals": {"marker": {"color": TOTAL}},
                "connector": {"line": {"color": TOTAL, "width": 1}},
            }
        ],
        "layout": _layout(steps),
    }


def ends(steps: BuildUp) -> tuple[int, int]:
    """Return what the axis reaches from and to, in steps: from zero, unless all happens far away from it."""
    reached = [steps.base]
    for count in _counts(steps):
        reached.append(reached[-1] + count)
    low, high = min(reached), max(reached)
    span = high - low
    if low > 0 and 0 < span < FAR_FROM_ZERO * high:
        return low - min(span, low - 1), high
    if high < 0 and 0 < span < FAR_FROM_ZERO * -low:
        return low, high + min(span, -high - 1)
    return min(0, low), max(0, high)


def waterfall_words(steps: BuildUp) -> str:
    """Describe the chart for people who cannot see it."""
    parts = ", ".join(f"{_name(part)} {_difference(part.steps)}" for part in steps.contributions)
    return (
        f"Waterfall: average {VALUE} {_value(steps.base)}, {parts}, "
        f"this {VALUE} {_value(steps.total)}"
    )


def _sum_words(steps: BuildUp) -> str:
    total = sum(_counts(steps))
    sign = "−" if total < 0 else "+"
    return (
        f"{_value(steps.base)} {sign} {_value(abs(total))} from the inputs = {_value(steps.total)}."
    )


def _counts(steps: BuildUp) -> list[int]:
    return [part.steps for part in steps.contributions]


def _value(steps: int) -> str:
    return written(value_of(steps))


def _difference(steps: int) -> str:
    return written_difference(value_of(steps))


def _name(part: Contribution) -> str:
    if len(part.names) > 1:
        return f"{len(part.names)} other inputs"
    return feature_named(part.names[0]).label


def _label(part: Contribution, values: dict[str, Any]) -> str:
    if len(part.names) > 1:
        return _name(part)
    return f"{_name(part)} {input_words(feature_named(part.names[0]), values[part.names[0]])}"


def _bar_texts(steps: BuildUp) -> list[str]:
    middle = [_difference(count) for count in _counts(steps)]
    return [_value(steps.base), *middle, f"<b>{_value(steps.total)}</b>"]


def _hover_texts(steps: BuildUp, values: dict[str, Any]) -> list[str]:
    middle = [
        f"{_detail(part, values)}<br>{_difference(part.steps)}" for part in steps.contributions
    ]
    return [
        f"{BASE_LABEL}: {_value(steps.base)}",
        *middle,
        f"{TOTAL_LABEL}: {_value(steps.total)}",
    ]


def _detail(part: Contribution, values: dict[str, Any]) -> str:
    if len(part.names) > 1:
        return _name(part)
    feature = feature_named(part.names[0])
    return f"{feature.label}: {with_unit(feature, values[feature.name])}"


def _height(steps: BuildUp) -> int:
    return FRAME_HEIGHT + BAR_HEIGHT * (len(steps.contributions) + 2)


def _layout(steps: BuildUp) -> dict[str, Any]:
    lowest, highest = ends(steps)
    scale = Scale(amount_of(lowest), max(amount_of(highest), amount_of(lowest + 1)))
    room = ROOM_SHARE * (scale.highest - scale.lowest)
    marks = scale.marks(5)
    return {
        "height": _height(steps),
        "margin": {"l": 0, "r": 8, "t": 8, "b": 40},
        "showlegend": False,
        "dragmode": False,
        "xaxis": {
            # Where all start at the axis, only bars that reach below zero need room for texts there.
            "range": [scale.lowest - (room if lowest < 0 else 0), scale.highest + room],
            "tickvals": marks,
            "ticktext": shortened(marks),
            "fixedrange": True,
        },
        "yaxis": {"autorange": "reversed", "automargin": True, "fixedrange": True},
    }
