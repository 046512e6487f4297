"""All inputs together: how well a classifier separates the window from the reference, beside chance."""

import math
from typing import Any

import streamlit as st

from backend.contract.drift.analysis import MultivariateScore
from dashboard.charts.colours import HERE, TOTAL, UP
from dashboard.wording.drift_words import column_label, probability
from dashboard.wording.words import in_sentence

HEIGHT = 190
ROOM = 0.005
"""Of AUC, between the measured one and the end of the axis."""
TICK = 0.05
NULL, MEASURED = "By chance", "This period"
NULL_POINTS, NULL_DEVIATIONS = 61, 4.0
LEAST_END = 0.6
"""The axis reaches at least this far, or a tiny difference would fill the chart."""


def draw_multivariate(score: MultivariateScore | None) -> None:
    """Draw the AUC with its null distribution, and describe it."""
    st.header("All inputs together", anchor=False)
    if score is None:
        st.caption("Not enough complete rows to compare all inputs together.")
        return
    st.markdown(multivariate_words(score))
    st.echarts_chart(
        multivariate_option(score),
        height=HEIGHT,
        key="drift_multivariate",
        alt=f"AUC {score.auc:.3f} of the domain classifier, beside 0.5 plus or minus "
        f"{score.null_deviation:.3f} by chance",
    )
    st.caption(
        "AUC: how well a cross-validated classifier tells recent rows from the reference's. 0.5 is "
        f"guessing, 1 is perfect. n = {score.n_samples:,} recent rows."
    )


def multivariate_words(score: MultivariateScore) -> str:
    """Say what the classifier found, and which inputs it relied on."""
    names = [in_sentence(column_label(name)) for name in score.leading_inputs]
    figures = (
        f"AUC **{score.auc:.3f}**, by chance 0.5 ± {score.null_deviation:.3f} "
        f"(corrected p {probability(score.adjusted_p_value)})"
    )
    if not score.drifted:
        return f":green[**No drift.**] {figures}."
    together = " and ".join(names)
    which = f"the combination of {together}" if len(names) > 1 else together
    return f":red[**Recent inputs differ from the reference.**] {figures}, mainly in {which}."


def multivariate_option(score: MultivariateScore) -> dict[str, Any]:
    """Return the chart: the bell of chance around 0.5, and a line at the AUC."""
    reach = NULL_DEVIATIONS * score.null_deviation
    end = max(LEAST_END, min(1.0, math.ceil(score.auc * 20 + 0.5) / 20))
    return {
        "animationDuration": 300,
        "legend": {"top": 0, "right": 0, "itemWidth": 18, "data": [NULL, MEASURED]},
        "title": {
            "text": "Likelihood under chance",
            "top": 2,
            "left": 0,
            "textStyle": {"fontSize": 12, "fontWeight": 400},
        },
        "grid": {"left": 14, "right": 24, "top": 44, "bottom": 8},
        "xAxis": {
            "type": "value",
            "min": min(0.45, math.floor(min(0.5 - reach, score.auc - ROOM) * 20) / 20),
            "max": end,
            "interval": TICK,
            "name": "AUC",
            "nameLocation": "middle",
            "nameGap": 26,
            "splitLine": {"show": False},
        },
        "yAxis": {"type": "value", "min": 0, "max": 1.15, "show": False},
        "series": [_null_bell(score.null_deviation), _measured(score.auc, drifted=score.drifted)],
    }


def _null_bell(deviation: float) -> dict[str, Any]:
    steps = range(NULL_POINTS)
    places = [NULL_DEVIATIONS * (2 * step / (NULL_POINTS - 1) - 1) for step in steps]
    return {
        "type": "line",
        "name": NULL,
        "data": [[0.5 + place * deviation, math.exp(-place * place / 2)] for place in places],
        "showSymbol": False,
        "silent": True,
        "lineStyle": {"width": 1, "color": TOTAL},
        "itemStyle": {"color": TOTAL},
        "areaStyle": {"color": TOTAL, "opacity": 0.45},
    }


def _measured(auc: float, *, drifted: bool) -> dict[str, Any]:
    colour = HERE if drifted else UP
    return {
        "type": "line",
        "name": MEASURED,
        "data": [[auc, 0], [auc, 1]],
        "symbol": "none",
        "silent": True,
        "lineStyle": {"width": 3, "color": colour},
        "itemStyle": {"color": colour},
    }
