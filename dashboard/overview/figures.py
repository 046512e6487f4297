"""The figures of the Overview: each with its recent course, what it is of, and the page that has more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import streamlit as st

from backend.contract.database import DatabaseStatistics, SpoolBacklog
from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.performance import PerformanceResponse
from backend.contract.stored.traffic import Figures, SummaryResponse
from dashboard.navigation import DRIFT, LATENCY, LOGS, PERFORMANCE, REGISTRY, ConsolePage
from dashboard.overview.reading import OverviewReading
from dashboard.overview.record_store import waiting_time
from dashboard.shared.traffic import LATENCY_HELP, milliseconds
from dashboard.timeline.comparison import change_words
from dashboard.wording.moment import lasting
from dashboard.wording.value import in_chart_unit, written

UNKNOWN = "–"


@dataclass(frozen=True)
class Figure:
    """One figure; ``course`` are its recent values, oldest first, empty if it has none.

    ``change`` is the one against the period before, ``then`` what it was; None if that is not asked for.
    """

    label: str
    value: str
    page: ConsolePage
    words: str
    course: Sequence[float] = ()
    drawn: Literal["line", "bar"] = "line"
    change: str | None = None
    then: str = ""


def figures_of(
    reading: OverviewReading,
    drift: DriftWindowResponse | None,
    error: PerformanceResponse | None,
    records: DatabaseStatistics | None,
) -> list[Figure]:
    """Return the figures; a report that is still being read has none."""
    return [
        *_of_traffic(reading.traffic, reading.before),
        _error(error),
        _drifted(drift),
        _labelled(error),
        _age(reading),
        Figure(
            "Oldest in the queue",
            UNKNOWN if records is None else _waited(records.spool_backlog),
            LOGS,
            "How long the oldest record has been waiting to be stored.",
        ),
    ]


def draw_figures(figures: Sequence[Figure]) -> None:
    """Draw the figures side by side as far as there is room."""
    with st.grid(4, min_column_width=165, gap="small"):
        for figure in figures:
            with st.container(border=True, gap="xxsmall"):
                st.metric(
                    figure.label,
                    figure.value,
                    figure.change,
                    delta_color="off",
                    delta_arrow="off",
                    delta_description=None if figure.change is None else figure.then,
                    help=figure.words,
                    chart_data=[*figure.course] or None,
                    chart_type=figure.drawn,
                )
                figure.page.link()


def _of_traffic(summary: SummaryResponse, before: SummaryResponse | None) -> list[Figure]:
    totals, whole = summary.totals, [step for step in summary.series if not step.unfinished]
    seconds = _seconds(summary)
    share = _error_share(totals)
    then = None if before is None else before.totals
    return [
        Figure(
            "Requests",
            rate_words(totals.requests, seconds),
            LATENCY,
            f"Mean rate; {totals.requests:,} in the shown range.",
            [step.requests for step in whole],
            "bar",
            *_against(
                totals.requests / seconds,
                None if before is None else before.totals.requests / _seconds(before),
                lambda rate: rate_words(round(rate * seconds), seconds),
            ),
        ),
        Figure(
            "Errors",
            UNKNOWN if share is None else f"{share:.1%}",
            LATENCY,
            f"{totals.errors:,} responses with a status of 400 or above.",
            [step.errors for step in whole],
            "bar",
            *_points(share, None if then is None else _error_share(then)),
        ),
        Figure(
            "Latency, p95",
            milliseconds(totals.p95),
            LATENCY,
            f"{LATENCY_HELP} Half of them took {milliseconds(totals.p50)}.",
            [step.p95 for step in whole if step.p95 is not None],
            "line",
            *_against(totals.p95, None if then is None else then.p95, milliseconds),
        ),
    ]


def _seconds(summary: SummaryResponse) -> float:
    return (min(summary.timestamp, summary.until) - summary.since).total_seconds()


def _error_share(totals: Figures) -> float | None:
    return totals.errors / totals.requests if totals.requests else None


def _against(
    now: float | None, before: float | None, written: Callable[[float], str]
) -> tuple[str | None, str]:
    """Return the change and what the figure was in the period before, with its unit."""
    change = change_words(now, before)
    return change, "" if change is None or before is None else f"from {written(before)} before"


def _points(now: float | None, before: float | None) -> tuple[str | None, str]:
    """Return the change of a share in percentage points, and what it was.

    >>> _points(0.05, 0.02), _points(None, 0.1)
    (('+3.0 points', 'from 2.0% before'), (None, ''))
    """
    if now is None or before is None:
        return None, ""
    return f"{100 * (now - before):+.1f} points", f"from {before:.1%} before"


def rate_words(requests: int, seconds: float) -> str:
    """Write a mean rate in the shortest unit of time that has at least one request.

    Examples
    --------
    >>> rate_words(7_200, 3_600), rate_words(90, 3_600), rate_words(25, 3_600), rate_words(0, 60)
    ('2 /s', '1.5 /min', '25 /h', '0 /h')
    """
    for unit, length in (("s", 1), ("min", 60), ("h", 3_600)):
        rate = requests * length / seconds
        if rate >= 1 or unit == "h":
            break
    return f"{rate:,.3g} /{unit}"


def _drifted(found: DriftWindowResponse | None) -> Figure:
    words = "Inputs that differ from the training data, last 24 hours."
    if found is None or found.drift_analysis.drift_share is None:
        return Figure("Drift", UNKNOWN, DRIFT, words)
    analysis = found.drift_analysis
    inputs = len([name for name in analysis.drift_scores if name != "prediction"])
    return Figure("Drift", f"{len(analysis.drifted_features)} of {inputs}", DRIFT, words)


def _error(found: PerformanceResponse | None) -> Figure:
    if found is not None and found.realized.rmse is not None:
        course = [
            in_chart_unit(step.realized.rmse.value) for step in found.series if step.realized.rmse
        ]
        words = f"Realized, from {found.realized.rows:,} actual values, last 24 hours."
        return Figure("RMSE", written(found.realized.rmse.value), PERFORMANCE, words, course)
    if found is not None and found.estimated.estimated_rmse is not None:
        words = f"Estimated for {found.estimated.rows:,} predictions without an actual value, last 24 hours."
        return Figure(
            "RMSE, estimated",
            f"≈ {written(found.estimated.estimated_rmse.value)}",
            PERFORMANCE,
            words,
        )
    return Figure("RMSE", UNKNOWN, PERFORMANCE, "Not enough predictions in the last 24 hours.")


def _labelled(found: PerformanceResponse | None) -> Figure:
    words = "Predictions of the last 24 hours with an actual value."
    if found is None or not found.labels.predictions:
        return Figure("Labelled", UNKNOWN, PERFORMANCE, words)
    labels = found.labels
    words = f"{labels.labelled:,} of {labels.predictions:,} predictions of the last 24 hours."
    return Figure("Labelled", f"{labels.labelled / labels.predictions:.0%}", PERFORMANCE, words)


def _waited(backlog: SpoolBacklog) -> str:
    seconds = backlog.oldest_age_seconds
    return "< 1 s" if backlog.bytes and seconds < 1 else waiting_time(backlog)


def _age(reading: OverviewReading) -> Figure:
    words = "Time since the serving model was trained."
    if reading.info is None:
        return Figure("Age of the model", UNKNOWN, REGISTRY, words)
    age = _seconds_since(reading.info.trained_at, reading.read_at)
    return Figure("Age of the model", lasting(age), REGISTRY, words)


def _seconds_since(moment: datetime, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0)
