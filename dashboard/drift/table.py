"""The inputs ranked by severity, each with its two histograms; selecting a row opens it."""

from typing import Any

import streamlit as st

from backend.contract.drift.analysis import (
    ColumnScore,
    DriftAnalysis,
    DriftWindowResponse,
    HistogramPair,
)
from backend.contract.predictions import FEATURES
from dashboard.charts.colours import TOTAL, UP
from dashboard.drift.reading import OPENED
from dashboard.wording.drift_words import PREDICTION, column_label, probability
from dashboard.wording.words import VALUE

PEAK_HELP = (
    "Bars are relative to the highest bin of the row's two histograms, which share their bins; the "
    "outermost bins include everything beyond."
)

STATISTIC_HELP = "Kolmogorov-Smirnov: the largest difference between the cumulative shares." + (
    " Of a category, the total variation: the largest difference in the share of any of its words together."
    if any(feature.is_category for feature in FEATURES)
    else ""
)


MOST_SHOWN = 14
"""Rows before it scrolls, so that the opened input stays in sight."""
TALLEST_PIXELS = 500


def draw_table(found: DriftWindowResponse) -> None:
    """Draw the ranking, with the prediction below the inputs."""
    names = ranking(found.drift_analysis)
    key = f"drift_table_{found.until.timestamp():.0f}"
    st.dataframe(
        [drift_cells(name, found) for name in names],
        key=key,
        height="content" if len(names) <= MOST_SHOWN else TALLEST_PIXELS,
        hide_index=True,
        column_config=_columns(),
        on_select=lambda: _open_selected(key, names),
        selection_mode="single-row",
        placeholder="–",
        alt="Inputs ranked by drift weighted by importance; select one to open it",
    )
    st.caption(
        f"Drifted inputs first, then by effect weighted by importance; the predicted {VALUE} is last. "
        "Select a row at its left edge to open it below."
    )


def ranking(analysis: DriftAnalysis) -> list[str]:
    """Return the columns, the most severe first and the prediction last."""
    names = list(analysis.drift_scores)
    return [*names, PREDICTION] if analysis.prediction is not None else names


def score_of(analysis: DriftAnalysis, name: str) -> ColumnScore:
    """Return the score of an input or of the prediction."""
    if name == PREDICTION and analysis.prediction is not None:
        return analysis.prediction
    return analysis.drift_scores[name]


def _open_selected(key: str, names: list[str]) -> None:
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        st.session_state[OPENED] = names[selected[0]]


def drift_cells(name: str, found: DriftWindowResponse) -> dict[str, Any]:
    """Return one row of the table."""
    score = score_of(found.drift_analysis, name)
    histograms = found.histograms.get(name)
    reference, current = relative(histograms) if histograms is not None else (None, None)
    return {
        "column": column_label(name),
        "state": state_words(score),
        "reference": reference,
        "current": current,
        "moved": score.ks_statistic,
        "p": probability(score.adjusted_p_value),
        "missing": score.missing_share,
        "out_of_range": score.out_of_range_share,
        "importance": None if name == PREDICTION else score.importance,
        "psi": score.psi,
        "wasserstein": score.wasserstein,
    }


def state_words(score: ColumnScore) -> str:
    """Say whether a column drifted; without a test it is unknown."""
    if score.drifted:
        return "Drifted"
    return "Not enough data" if score.ks_statistic is None else "No drift"


def relative(pair: HistogramPair) -> tuple[list[float], list[float]]:
    """Return both histograms as parts of the highest bin of the two, 0 to 1."""
    peak = max(*pair.reference, *pair.current) or 1.0
    return [share / peak for share in pair.reference], [share / peak for share in pair.current]


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "column": config.TextColumn("Input", pinned=True),
        "state": config.TextColumn("Verdict", width=84),
        "reference": _bars("Reference", TOTAL),
        "current": _bars("Current", UP),
        "moved": config.NumberColumn(
            "KS",
            format="percent",
            help=STATISTIC_HELP,
        ),
        "p": config.TextColumn(
            "p", help="Probability of such a difference without drift, Holm-corrected.", width=62
        ),
        "missing": config.NumberColumn("Missing", format="percent"),
        "out_of_range": config.NumberColumn("Out of range", format="percent"),
        "importance": config.NumberColumn(
            "Importance",
            format="percent",
            help="Share of the model's predictions that depends on the input.",
        ),
        "psi": config.NumberColumn("PSI", format="%.3f", help="Population stability index."),
        "wasserstein": config.NumberColumn(
            "Wasserstein", format="%.3f", help="In units of the reference's standard deviation."
        ),
    }


def _bars(label: str, colour: str) -> Any:
    return st.column_config.BarChartColumn(
        label, y_min=0, y_max=1, color=colour, width=84, help=PEAK_HELP
    )
