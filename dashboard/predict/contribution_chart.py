"""Why this price: a waterfall from the average price to this one."""

from typing import Any

import streamlit as st

from backend.contract.predictions import HousingFeatures, PredictionResponse
from dashboard.predict.contributions import PriceBuildUp, build_up
from dashboard.shared.colours import DOWN, TOTAL, UP
from dashboard.shared.feature_words import feature_named, number, with_unit
from dashboard.shared.price import dollar_difference, escaped
from dashboard.shared.still_chart import draw_still

BASE_LABEL = "Average price"
PRICE_LABEL = "This price"
HEIGHT = 440


def draw_contributions(explained: PredictionResponse) -> None:
    """Draw the waterfall of a prediction with its contributions."""
    if explained.contributions is None:
        st.warning("The service returned no contributions.", icon=":material/warning:")
        return
    steps = build_up(explained.contributions, explained.prediction)
    st.markdown("**From the average price to this one, 1990 US dollars**")
    figure = waterfall_figure(steps, explained.input)
    draw_still(figure, "waterfall", HEIGHT, waterfall_words(steps))
    st.caption(
        f"{escaped(_sum_words(steps))} The average is over a sample of the training districts. Each "
        "bar is an input's exact Shapley value: its contribution, averaged over every order of the "
        "inputs. It explains the model, not what causes prices."
    )


def waterfall_figure(steps: PriceBuildUp, inputs: HousingFeatures) -> dict[str, Any]:
    """Return the chart: dollars to the right, inputs downwards by size, between two totals."""
    values = inputs.model_dump()
    names = [step.name for step in steps.contributions]
    return {
        "data": [
            {
                "type": "waterfall",
                "orientation": "h",
                "measure": ["absolute", *["relative"] * len(names), "total"],
                "x": [steps.base, *[step.dollars for step in steps.contributions], steps.price],
                "y": [BASE_LABEL, *[_label(name, values[name]) for name in names], PRICE_LABEL],
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


def waterfall_words(steps: PriceBuildUp) -> str:
    """Describe the chart for people who cannot see it."""
    parts = ", ".join(
        f"{feature_named(step.name).label} {dollar_difference(step.dollars)}"
        for step in steps.contributions
    )
    return f"Waterfall: average price ${steps.base:,}, {parts}, this price ${steps.price:,}"


def _sum_words(steps: PriceBuildUp) -> str:
    total = sum(step.dollars for step in steps.contributions)
    sign = "−" if total < 0 else "+"
    return f"${steps.base:,} {sign} ${abs(total):,} from the inputs = ${steps.price:,}."


def _label(name: str, value: float) -> str:
    return f"{feature_named(name).label} {number(value)}"


def _bar_texts(steps: PriceBuildUp) -> list[str]:
    middle = [dollar_difference(step.dollars) for step in steps.contributions]
    return [f"${steps.base:,}", *middle, f"<b>${steps.price:,}</b>"]


def _hover_texts(steps: PriceBuildUp, values: dict[str, float]) -> list[str]:
    middle = [
        f"{feature_named(step.name).label}: {with_unit(feature_named(step.name), values[step.name])}"
        f"<br>{dollar_difference(step.dollars)}"
        for step in steps.contributions
    ]
    return [f"{BASE_LABEL}: ${steps.base:,}", *middle, f"{PRICE_LABEL}: ${steps.price:,}"]


def _layout(steps: PriceBuildUp) -> dict[str, Any]:
    reached = [steps.base]
    for step in steps.contributions:
        reached.append(reached[-1] + step.dollars)
    # Room on both sides for the texts beside the outermost bars.
    room = 0.22 * (max(reached) - min(0, *reached))
    return {
        "height": HEIGHT,
        "margin": {"l": 0, "r": 8, "t": 8, "b": 40},
        "showlegend": False,
        "dragmode": False,
        "xaxis": {
            "range": [min(0, *reached), max(reached) + room],
            "tickprefix": "$",
            "tickformat": "~s",
            "fixedrange": True,
            "nticks": 6,
        },
        "yaxis": {"autorange": "reversed", "automargin": True, "fixedrange": True},
    }
