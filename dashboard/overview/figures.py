"""All figures of the Overview, in their order."""

from datetime import datetime
from typing import TypeAlias, TypeVar

from backend.contract.database import DatabaseStatistics, SpoolBacklog
from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.performance import PerformanceResponse
from dashboard.navigation import LOGS, REGISTRY
from dashboard.overview.figure import UNKNOWN, Figure
from dashboard.overview.monitoring_figures import drift_figure, error_figure, labels_figure
from dashboard.overview.reading import OverviewReading
from dashboard.overview.record_store import waiting_time
from dashboard.overview.traffic_figures import traffic_figures
from dashboard.wording.moment import lasting

Answer = TypeVar("Answer")
TwoDays: TypeAlias = tuple[Answer | None, Answer | None]
"""A report of the last day, and that of the day before."""


def figures_of(
    reading: OverviewReading,
    drift: TwoDays[DriftWindowResponse],
    error: TwoDays[PerformanceResponse],
    records: DatabaseStatistics | None,
) -> list[Figure]:
    """Return the figures; a report that is still being read has none."""
    return [
        *traffic_figures(reading.traffic, reading.before),
        error_figure(*error),
        drift_figure(*drift),
        labels_figure(*error),
        _age(reading),
        Figure(
            "Oldest in the queue",
            UNKNOWN if records is None else _waited(records.spool_backlog),
            LOGS,
            "How long the oldest record has been waiting to be stored.",
        ),
    ]


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
