"""The figures of traffic on the Overview: rate, errors and latency in the shown range."""

from backend.contract.stored.traffic import Figures, SummaryResponse
from dashboard.navigation import LATENCY
from dashboard.overview.figure import UNKNOWN, Figure, against, points_against
from dashboard.shared.traffic import LATENCY_HELP, milliseconds


def traffic_figures(summary: SummaryResponse, before: SummaryResponse | None) -> list[Figure]:
    """Return rate, share of errors and latency, each against the period before if that was read."""
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
            *against(
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
            *points_against(share, None if then is None else _error_share(then)),
        ),
        Figure(
            "Latency, p95",
            milliseconds(totals.p95),
            LATENCY,
            f"{LATENCY_HELP} Half of them took {milliseconds(totals.p50)}.",
            [step.p95 for step in whole if step.p95 is not None],
            "line",
            *against(totals.p95, None if then is None else then.p95, milliseconds),
        ),
    ]


def _seconds(summary: SummaryResponse) -> float:
    return (min(summary.timestamp, summary.until) - summary.since).total_seconds()


def _error_share(totals: Figures) -> float | None:
    return totals.errors / totals.requests if totals.requests else None


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
