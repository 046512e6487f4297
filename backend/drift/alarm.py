"""When drift becomes an alarm: every repeated check is another chance of a false verdict.

An hourly check with one false verdict in 170 would give four false alarms in 30 days. So one window alone
raises an alarm only if its corrected p value is below a level chosen for 30 days of checks
(720 x 0.0003 = 0.2 expected false alarms, however windows overlap, because expectations add up). Otherwise
an alarm needs consecutive drifted windows without common rows (0.006 squared, 720 times: 0.03). Together
this gives less than one false alarm in 30 days; ``make bench-monitoring`` simulates it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.contract.drift.analysis import AlarmState
from backend.drift.thresholds import DriftThresholds


@dataclass(frozen=True)
class CheckedWindow:
    """One check's result.

    Attributes
    ----------
    since, until
        Start and end of the window.
    drifted
        Its verdict; None without enough data.
    smallest_adjusted_p_value
        The report's; None without enough data.
    """

    since: datetime
    until: datetime
    drifted: bool | None
    smallest_adjusted_p_value: float | None


def drift_alarm(checks: Sequence[CheckedWindow], thresholds: DriftThresholds) -> AlarmState:
    """Decide whether to raise an alarm after the last of ``checks``, which are in time order.

    A window without enough data neither confirms nor refutes drift. A window that overlaps one already
    counted adds no evidence and is not counted again; a window without drift resets the count.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> midnight, hour = datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1)
    >>> def check(start, drifted):
    ...     since = midnight + start * hour
    ...     return CheckedWindow(since, since + 2 * hour, drifted, 0.002 if drifted else 0.5)
    >>> drift_alarm([check(0, True), check(1, True)], DriftThresholds()).raised
    False
    >>> drift_alarm([check(0, True), check(1, True), check(2, True)], DriftThresholds()).raised
    True
    """
    if not checks:
        return _quiet("No period has been checked yet.")
    last = checks[-1]
    if last.drifted is None:
        return _quiet("The latest period has not enough data.")
    if not last.drifted:
        return _quiet("The latest period shows no drift.")
    value = last.smallest_adjusted_p_value
    if value is not None and value < thresholds.alarm_significance_level:
        reason = "The latest period is conclusive on its own."
        return AlarmState(raised=True, confirmed_windows=1, reason=reason)
    confirmed = _confirmed_windows(checks)
    raised = confirmed >= thresholds.confirming_windows
    reason = (
        f"{confirmed} separate periods in a row show drift; an alarm needs "
        f"{thresholds.confirming_windows}."
    )
    return AlarmState(raised=raised, confirmed_windows=confirmed, reason=reason)


def _quiet(reason: str) -> AlarmState:
    return AlarmState(raised=False, confirmed_windows=0, reason=reason)


def _confirmed_windows(checks: Sequence[CheckedWindow]) -> int:
    """Count windows that do not overlap, back from the last, until one without drift."""
    confirmed, earliest = 0, checks[-1].until
    for check in reversed(checks):
        if check.drifted is None:
            continue
        if not check.drifted:
            break
        if check.until <= earliest:
            confirmed, earliest = confirmed + 1, check.since
    return confirmed
