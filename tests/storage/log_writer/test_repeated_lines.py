"""Predictions that come to the log-writer twice: one row, and no alarm where nothing is wrong."""

from collections.abc import Callable

import pytest

from storage.database.record_log import PageRequest, RecordLog
from storage.log_writer.writer import DrainReport
from storage.schema.records import SpoolRecord, utc_now
from storage.settings import Settings
from storage.spool.segments import encode
from storage.spool.spool import Spool
from tests.storage import records

Write = Callable[[], DrainReport]


@pytest.mark.parametrize("make", [records.prediction, records.answer])
def test_a_prediction_that_is_logged_twice_is_one_row_and_no_alarm(
    make: Callable[[], SpoolRecord], spool: Spool, write: Write, record_log: RecordLog
) -> None:
    first, other = make(), make()
    spool.append([first])
    write()
    spool.append([first, other, first])
    report = write()
    assert (report.records, report.rejected) == (3, 0)
    assert len(record_log.predictions(PageRequest()).rows) == 2
    spool.append([records.clashing(first)])
    assert write().rejected == 1


def test_an_answer_written_otherwise_takes_the_long_way_to_the_same_rows(
    settings: Settings, write: Write, record_log: RecordLog
) -> None:
    """A whole second has no fraction, which the short way does not read."""
    second = utc_now().replace(microsecond=0)
    odd, twice = (
        records.answer(name).model_copy(update={"timestamp": second}) for name in ("odd", "twice")
    )
    settings.paths.spool.mkdir(parents=True)
    segment = settings.paths.spool / "00000000000000000001-1-dead.spool"
    lines = [odd, twice, records.clashing(twice), records.answer("even")]
    segment.write_bytes(b"".join(map(encode, lines)))
    assert write() == DrainReport(records=3, rejected=1, segments_removed=1)
    row = record_log.prediction(odd.prediction_id)
    assert (row["timestamp"], row["prediction"]) == (second, odd.prediction)
    requests = record_log.requests(PageRequest()).rows
    assert sorted(row["request_id"] for row in requests) == ["even", "odd", "twice"]
