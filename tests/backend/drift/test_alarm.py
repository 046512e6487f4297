"""The alarm: one certain window, or two that share no rows; a quiet one starts the count anew."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.drift.alarm import CheckedWindow, drift_alarm
from backend.drift.thresholds import DriftThresholds

RULE = DriftThresholds()
MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)


def checks(verdicts: str, hours: int = 1, p_value: float = 0.002) -> list[CheckedWindow]:
    """One check an hour over the last ``hours``: d drifted, q quiet, n not enough data."""
    return [
        CheckedWindow(
            since=MIDNIGHT + timedelta(hours=number - hours),
            until=MIDNIGHT + timedelta(hours=number),
            drifted={"d": True, "q": False, "n": None}[verdict],
            smallest_adjusted_p_value=p_value if verdict == "d" else None,
        )
        for number, verdict in enumerate(verdicts)
    ]


@pytest.mark.parametrize(
    ("verdicts", "hours", "raised"),
    [
        ("q", 1, False),
        ("d", 1, False),
        ("dd", 1, True),
        ("dqd", 1, False),
        ("dnd", 1, True),
        ("ddn", 1, False),
        ("ddddd", 24, False),
        ("d" * 25, 24, True),
        ("d" * 24 + "qd", 24, False),
    ],
)
def test_windows_that_share_no_time_confirm_each_other(
    verdicts: str, hours: int, raised: bool
) -> None:
    assert drift_alarm(checks(verdicts, hours), RULE).raised is raised


def test_one_window_beyond_doubt_is_enough() -> None:
    assert drift_alarm(checks("d", p_value=1e-5), RULE).raised


def test_no_check_is_no_alarm() -> None:
    assert drift_alarm([], RULE).raised is False
