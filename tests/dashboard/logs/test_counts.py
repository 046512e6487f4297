"""The chart of counts: whole stacks in every step, in one order, and words that say what is not counted."""

from datetime import UTC, datetime, timedelta

from backend.contract.stored.counts import CountsResponse, CountStep
from dashboard.logs.counts import COLOURS, counted_words, counts_option

BEGIN = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_every_point_has_every_part_so_that_no_bar_is_taken_from_another_column() -> None:
    option = counts_option(_counts({"INFO": 3}, {"ERROR": 1, "INFO": 2}, {}))
    whole, running, _link = (part["source"] for part in option["dataset"])
    assert [(point["INFO"], point["ERROR"]) for point in whole] == [(3, 0), (2, 1)]
    assert [(point["INFO"], point["ERROR"]) for point in running] == [(0, 0)]
    names = list(dict.fromkeys(series["name"] for series in option["series"]))
    assert names == ["INFO", "ERROR"]
    assert set(names) <= set(COLOURS)


def test_what_is_not_counted_is_said() -> None:
    counts = _counts({"INFO": 3})
    assert counted_words("log lines", counts) == (
        "3 log lines, per hour, 2026-11-30 12:00:00 to 13:00:00 UTC."
    )
    assert counted_words("log lines", _counts({"INFO": 1})).startswith("1 log line, per hour")
    partly = counts.model_copy(update={"counted_since": BEGIN})
    assert counted_words("log lines", partly) == (
        "3 log lines, per hour, counted since 2026-11-30 12:00 UTC: older ones are not counted."
    )


def _counts(*steps: dict[str, int]) -> CountsResponse:
    return CountsResponse(
        since=BEGIN,
        until=BEGIN + len(steps) * HOUR,
        step_seconds=3_600,
        steps=[
            CountStep(
                time=BEGIN + place * HOUR,
                until=BEGIN + (place + 1) * HOUR,
                unfinished=place == len(steps) - 1,
                counts=counts,
            )
            for place, counts in enumerate(steps)
        ],
        rows=sum(sum(counts.values()) for counts in steps),
        counted_since=None,
        facets={},
        filters={},
    )
