"""Trying again later."""

from datetime import timedelta

from storage.process.retry import LONGEST_PAUSE, Retry
from storage.schema.records import utc_now


def pauses(retry: Retry, count: int) -> list[int]:
    """Return after how many seconds it is due again, failing each time that it is."""
    now, found = utc_now(), []
    for _ in range(count):
        retry.failed(now, "It is away.")
        waited = next(second for second in range(600) if retry.is_due(now + seconds(second)))
        found.append(waited)
        now += seconds(waited)
    return found


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def test_pauses_grow_to_a_minute_and_begin_anew_after_a_success() -> None:
    retry = Retry()
    assert pauses(retry, 6) == [10, 20, 40, 60, 60, 60]
    retry.succeeded()
    assert pauses(retry, 2) == [10, 20]


def test_only_another_problem_is_news() -> None:
    retry, now = Retry(), utc_now()
    told = [retry.failed(now, problem) for problem in ("away", "away", "full", "away")]
    assert told == [True, False, True, True]
    retry.succeeded()
    assert retry.failed(now, "away")


def test_years_of_failures_are_no_problem() -> None:
    retry, now = Retry(), utc_now()
    for _ in range(10_000):
        retry.failed(now, "away")
    assert retry.is_due(now + LONGEST_PAUSE)
