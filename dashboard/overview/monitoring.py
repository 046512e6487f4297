"""Drift and error on the Overview, read in the background and less often.

A report over a day of predictions may take the service seconds: it must not hold up the live block above
it, and a failure is shown quietly, since the top of the page shows it already.
"""

from datetime import UTC, datetime, timedelta

import streamlit as st

from backend.contract.database import DatabaseStatistics
from backend.contract.drift.analysis import DriftQuery, DriftWindowResponse
from backend.contract.performance import Estimate, PerformanceQuery, PerformanceResponse
from dashboard.overview.background_reading import BEING_READ, BackgroundReading, Look
from dashboard.overview.error_comparison import ErrorFigures, draw_error_comparison
from dashboard.settings import dashboard_settings
from dashboard.shared.service import asking_quietly, new_client
from dashboard.shared.verdict_age import age_words
from dashboard.timeline.comparison import is_compared
from dashboard.wording.drift_words import (
    Verdict,
    column_label,
    drifted_words,
    usual_verdict,
    verdict,
)
from dashboard.wording.harm_words import short_harm
from dashboard.wording.value import escaped, written
from dashboard.wording.words import in_sentence

WINDOW = timedelta(hours=24)
INPUTS_NAMED = 3
REPORT_PACE = 6
"""A report costs the service far more than the live figures: it is read this many times less often."""


@st.cache_resource(show_spinner=False, on_release=BackgroundReading.close)
def _drift_reading(days_ago: int) -> BackgroundReading[DriftWindowResponse]:
    """Return the reading of one day's drift, which all sessions share."""
    return BackgroundReading(
        new_client(),
        lambda client: client.drift(DriftQuery(window=WINDOW, until=_until(days_ago))),
        _pause_seconds(),
    )


@st.cache_resource(show_spinner=False, on_release=BackgroundReading.close)
def _error_reading(days_ago: int) -> BackgroundReading[PerformanceResponse]:
    """Return the reading of one day's errors, which all sessions share."""
    return BackgroundReading(
        new_client(),
        lambda client: client.performance(PerformanceQuery(window=WINDOW, until=_until(days_ago))),
        _pause_seconds(),
    )


@st.cache_resource(show_spinner=False, on_release=BackgroundReading.close)
def _records_reading() -> BackgroundReading[DatabaseStatistics]:
    """Return the reading of the record store, which all sessions share."""
    return BackgroundReading(
        new_client(),
        lambda client: client.database_statistics().statistics,
        dashboard_settings().refresh_seconds,
    )


def _until(days_ago: int) -> datetime | None:
    """Return where a day ends; None for now, by the service's own clock."""
    return datetime.now(UTC) - days_ago * WINDOW if days_ago else None


def _pause_seconds() -> float:
    return REPORT_PACE * dashboard_settings().refresh_seconds


def look_at_drift() -> Look[DriftWindowResponse]:
    """Return the newest comparison with the training data, as all of the page shows it."""
    return Look.at(_drift_reading(0))


def look_at_error() -> Look[PerformanceResponse]:
    """Return the newest report of errors, as all of the page shows it."""
    return Look.at(_error_reading(0))


def drift_the_day_before() -> DriftWindowResponse | None:
    """Return the drift of the day before, if it is compared with; a failure says so quietly."""
    found: DriftWindowResponse | None = None
    if is_compared():
        with asking_quietly("Drift of the day before"):
            found = Look.at(_drift_reading(1)).answer()
    return found


def error_the_day_before() -> PerformanceResponse | None:
    """Return the errors of the day before, if they are compared with; a failure says so quietly."""
    found: PerformanceResponse | None = None
    if is_compared():
        with asking_quietly("Errors of the day before"):
            found = Look.at(_error_reading(1)).answer()
    return found


def look_at_records() -> Look[DatabaseStatistics]:
    """Return the newest sizes of the record store."""
    return Look.at(_records_reading())


def draw_drift_summary(look: Look[DriftWindowResponse]) -> None:
    """Draw how many inputs drifted in the last day, and which."""
    st.header("Drift, last 24 hours", anchor=False)
    with asking_quietly("Drift"):
        found = look.answer()
        if found is None:
            st.caption(BEING_READ)
            return
        words = verdict(found.drift_analysis)
        if found.alarm.follows == "usual_traffic":
            usual = usual_verdict(found.usual_traffic)
            st.markdown(f":{usual.colour}[:material/{usual.icon}: **{usual.title}**]")
            words = Verdict(f"{words.title} compared with training", "gray", words.icon)
        st.markdown(
            f":{words.colour}[:material/{words.icon}: **{words.title}**]  \n{_share(found)}"
        )
        if found.harm is not None and found.harm.cause.name != "nothing":
            st.markdown(short_harm(found.harm))
        st.caption(f"{found.drift_analysis.n_samples:,} predictions, {age_words(found.until)}.")


def _share(found: DriftWindowResponse) -> str:
    analysis = found.drift_analysis
    if analysis.drift_share is None:
        needed = int(analysis.thresholds["minimum_rows"])
        return f"At least {needed:,} predictions are needed."
    share = drifted_words(analysis)
    names = [in_sentence(column_label(name)) for name in analysis.drifted_features[:INPUTS_NAMED]]
    more = "" if len(analysis.drifted_features) <= INPUTS_NAMED else " and more"
    listed = f" ({', '.join(names)}{more})" if names else ""
    alarm = "  \n:red-badge[:material/notifications_active: Alarm]" if found.alarm.raised else ""
    return f"{share}{listed}.{alarm}"


def draw_error_summary(look: Look[PerformanceResponse]) -> None:
    """Draw the realized error beside the estimated one, with the holdout's."""
    st.header("Error (RMSE), last 24 hours", anchor=False)
    with asking_quietly("Prediction error"):
        found = look.answer()
        if found is None:
            st.caption(BEING_READ)
            return
        figures = error_figures(found)
        if figures.realized is not None or figures.estimated is not None:
            draw_error_comparison(figures)
        st.markdown("  \n".join([_realized_words(found), _estimated_words(found)]))
        st.caption(f"{found.labels.predictions:,} predictions, {age_words(found.until)}.")


def error_figures(found: PerformanceResponse) -> ErrorFigures:
    """Return the three errors that are compared; None where there is not enough data."""
    baseline = found.baseline.rmse if found.baseline is not None else None
    return ErrorFigures(
        realized=found.realized.rmse,
        estimated=found.estimated.estimated_rmse,
        holdout=baseline.value if baseline is not None else None,
    )


def _realized_words(found: PerformanceResponse) -> str:
    if found.realized.rmse is None:
        return f":gray[Realized: not enough labels ({found.n_labelled:,}).]"
    return (
        f"Realized **{_value(found.realized.rmse)}** "
        f":gray[from {found.realized.rows:,} labelled predictions]"
    )


def _estimated_words(found: PerformanceResponse) -> str:
    if found.estimated.estimated_rmse is None:
        return ":gray[Estimated: not enough unlabelled predictions.]"
    return (
        f"*Estimated ≈ {_value(found.estimated.estimated_rmse)}* "
        f":gray[for {found.estimated.rows:,} unlabelled predictions]"
    )


def _value(estimate: Estimate) -> str:
    return escaped(written(estimate.value))
