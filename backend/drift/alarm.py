"""When drift becomes an alarm: checks repeat all day, and each one more is one more chance to be wrong.

An hourly check with one false verdict in 170 would cry wolf four times in 30 days. An alarm is therefore
raised by one window only when its corrected p value is below a level that the checks of 30 days can spend
(720 x 0.0003 = 0.2 expected false alarms, however windows overlap, because expectations add up), or when
windows without common rows drifted one after the other (0.006 squared, 720 times: 0.03). Together below one
in 30 days; ``make bench-monitoring`` simulates it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.contract.drift import AlarmState
from backend.drift.thresholds import DriftThresholds


@dataclass(frozen=True)
class CheckedWindow:
    """One check's result.

    Attributes
    ----------
    since, until
        What the window covers.
    drifted
        Its verdict; None where there was not enough data.
    smallest_adjusted_p_value
        The report's; None where there was not enough data.
    """

    since: datetime
    until: datetime
    drifted: bool | None
    smallest_adjusted_p_value: float | None


def drift_alarm(checks: Sequence[CheckedWindow], thresholds: DriftThresholds) -> AlarmState:
    """Decide after the last of ``checks``, which are in order of time.

    A window without enough data neither confirms nor refutes. A window that shares time with one that
    was counted adds no evidence and is not counted again; if it is quiet, the count starts anew.

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
    """Count windows without common time, back from the last, until a quiet one."""
    confirmed, earliest = 0, checks[-1].until
    for check in reversed(checks):
        if check.drifted is None:
            continue
        if not check.drifted:
            break
        if check.until <= earliest:
            confirmed, earliest = confirmed + 1, check.since
    return confirmed
