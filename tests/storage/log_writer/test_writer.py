"""The promise: what was appended is in the database exactly once, whatever dies in between."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.record_log import PageRequest, RecordLog
from storage.errors import SpoolUnavailable
from storage.log_writer.writer import DrainReport, LogWriter
from storage.schema.records import utc_now
from storage.schema.rollup import RESOLUTIONS
from storage.schema.tables import RECORD_TABLES, request_rollup, spool_positions
from storage.settings import Settings
from storage.spool.rejected import RejectedRecords
from storage.spool.segments import encode
from storage.spool.spool import Spool
from tests.storage import records
from tests.system import REPOSITORY, Program, clean_environment, running, wait_for

Write = Callable[[], DrainReport]


def test_every_kind_of_record_arrives(spool: Spool, write: Write, readable: Database) -> None:
    spool.append([*records.one_of_each(), records.shadow(), records.refused()])
    assert write().records == 6
    with readable.transaction() as connection:
        for table in (each for each in RECORD_TABLES if "label" not in each.name):  # by command
            count = sa.select(sa.func.count()).select_from(table)
            assert connection.execute(count).scalar_one() == 1, table.name


def test_values_survive_the_journey(spool: Spool, write: Write, record_log: RecordLog) -> None:
    record = records.prediction(value=1 / 3)
    spool.append([record])
    write()
    row = record_log.prediction(record.prediction_id)
    assert row["prediction"] == 1 / 3
    assert row["timestamp"] == record.timestamp
    assert row["Longitude"] == record.inputs.Longitude


def test_nothing_is_moved_twice(spool: Spool, write: Write) -> None:
    spool.append([records.prediction()])
    assert (write().records, write().records) == (1, 0)
    spool.append([records.prediction()])
    assert write().records == 1


def test_a_segment_goes_only_when_its_owner_closed_it(
    settings: Settings, spool: Spool, write: Write, readable: Database
) -> None:
    spool.append([records.log()])
    write()
    assert len(list(settings.paths.spool.glob("*.spool"))) == 1
    spool.close()
    assert write().segments_removed == 1
    assert list(settings.paths.spool.glob("*.spool")) == []
    with readable.transaction() as connection:
        assert connection.execute(sa.select(spool_positions)).all() == []


def test_a_crash_before_the_commit_repeats_the_chunk(
    settings: Settings, spool: Spool, write: Write, writable: Database, record_log: RecordLog
) -> None:
    spool.append([records.prediction() for _ in range(10)])

    def die(_connection: sa.Connection) -> None:
        sa.event.remove(writable._engine, "commit", die)
        raise InterruptedError("the power went before the commit")

    sa.event.listen(writable._engine, "commit", die)
    with pytest.raises(InterruptedError):
        write()
    assert record_log.predictions(PageRequest()).rows == []
    assert write().records == 10
    assert len(record_log.predictions(PageRequest()).rows) == 10


def test_torn_tails_and_wrong_checksums_are_set_aside(
    settings: Settings, write: Write, record_log: RecordLog
) -> None:
    good, damaged, torn = (encode(records.prediction()) for _ in range(3))
    damaged = damaged.replace(b"4.5", b"5.5", 1)
    settings.paths.spool.mkdir(parents=True)
    segment = settings.paths.spool / "00000000000000000001-1-dead.spool"
    segment.write_bytes(good + damaged + torn[:-20])
    report = write()
    assert (report.records, report.rejected, report.segments_removed) == (1, 2, 1)
    assert RejectedRecords(settings.paths.rejected_records).count() == 2
    assert record_log.statistics()["spool_backlog"]["rejected_records"] == 2
    assert len(record_log.predictions(PageRequest()).rows) == 1


def test_a_living_owners_half_written_line_is_left_to_it(settings: Settings, write: Write) -> None:
    spool = Spool(settings.paths.spool, 1 << 20)
    spool.append([records.log()])
    segment = next(settings.paths.spool.glob("*.spool"))
    with segment.open("ab") as stream:
        stream.write(encode(records.log())[:10])
    assert write() == DrainReport(records=1)
    spool.close()
    assert write().rejected == 1


def test_a_record_that_the_database_refuses_does_not_hold_up_the_others(
    settings: Settings, spool: Spool, write: Write, record_log: RecordLog
) -> None:
    twice = records.prediction()
    spool.append([records.prediction(), twice, records.clashing(twice), records.prediction()])
    report = write()
    assert (report.records, report.rejected) == (3, 1)
    assert len(record_log.predictions(PageRequest()).rows) == 3


def test_an_answer_becomes_both_of_its_rows_or_none(
    spool: Spool, write: Write, readable: Database, record_log: RecordLog
) -> None:
    """Refused by one table, an answer leaves nothing in the other, nor in the counts."""
    twice = records.answer("twice")
    others = (records.prediction(), records.request())
    spool.append([records.answer("first"), twice, records.clashing(twice), *others])
    report = write()
    assert (report.records, report.rejected) == (4, 1)
    predictions = record_log.predictions(PageRequest()).rows
    requests = record_log.requests(PageRequest()).rows
    assert Counter(row["request_id"] for row in predictions) == {
        "first": 1,
        "twice": 1,
        "request": 1,
    }
    assert Counter(row["request_id"] for row in requests) == {"first": 1, "twice": 1, "request": 1}
    with readable.transaction() as connection:
        counted = connection.execute(sa.select(request_rollup.c.requests)).scalars().all()
        assert sum(counted) == 3 * len(RESOLUTIONS)


OF_THE_RELEASE_BEFORE = (
    b'a6149f08 {"timestamp":"2026-11-25T21:53:35.749654Z","kind":"prediction","prediction_id":'
    b'"cf62149a6bd69fbbea72e7953b6f543e","request_id":"request-1","inputs":{"MedInc":8.3252,'
    b'"HouseAge":41.0,"AveRooms":6.9841,"AveBedrms":1.0238,"Population":322.0,"AveOccup":2.5556,'
    b'"Latitude":37.88,"Longitude":-122.23},"prediction":4.526,"interval_lower":4.1,'
    b'"interval_upper":4.9,"model_type":"Forest","model_version":"one"}\n'
    b'2d4dcfd7 {"timestamp":"2026-11-25T21:53:35.749654Z","kind":"request","endpoint":"/predict",'
    b'"method":"POST","status_code":200,"response_time":0.0003,"success":true,"error_message":null,'
    b'"request_id":"request-1","model_version":"one"}\n'
)
"""As written while a prediction and its request were two records."""


def test_what_an_older_release_spooled_still_arrives(
    settings: Settings, write: Write, record_log: RecordLog
) -> None:
    settings.paths.spool.mkdir(parents=True)
    segment = settings.paths.spool / "00000000000000000001-1-dead.spool"
    segment.write_bytes(OF_THE_RELEASE_BEFORE + encode(records.answer("request-2")))
    assert write() == DrainReport(records=3, segments_removed=1)
    for page in (record_log.predictions(PageRequest()), record_log.requests(PageRequest())):
        assert sorted(row["request_id"] for row in page.rows) == ["request-1", "request-2"]
    assert record_log.prediction("cf62149a6bd69fbbea72e7953b6f543e")["interval_upper"] == 4.9


def test_segments_share_a_transaction(
    settings: Settings, spool: Spool, writable: Database, write: Write
) -> None:
    """Two workers' records cost one commit, and each segment its own where a line is bad."""
    other = Spool(settings.paths.spool, settings.spool.segment_bytes)
    commits: list[object] = []
    sa.event.listen(writable._engine, "commit", commits.append)
    for spools in (spool, other):
        spools.append([records.answer()])
    assert write() == DrainReport(records=2)
    assert len(commits) == 1
    for spools in (spool, other):
        spools.append([records.answer()])
    other.append_lines(b"junk\n")
    assert write() == DrainReport(records=2, rejected=1)
    assert len(commits) == 3
    (aside,) = RejectedRecords(settings.paths.rejected_records).files()
    assert aside.read_bytes() == b"junk\n"
    other.close()


def test_what_cannot_be_set_aside_waits_alone(
    settings: Settings, spool: Spool, write: Write, record_log: RecordLog
) -> None:
    settings.paths.rejected_records.parent.mkdir(parents=True)
    settings.paths.rejected_records.write_text("in the way")
    bad = settings.paths.spool / "00000000000000000001-1-dead.spool"
    bad.write_bytes(b"junk\n" + encode(records.prediction()))
    spool.append([records.prediction()])
    with pytest.raises(SpoolUnavailable, match="Nothing in it is lost"):
        write()
    assert len(record_log.predictions(PageRequest()).rows) == 1
    settings.paths.rejected_records.unlink()
    write()
    assert len(record_log.predictions(PageRequest()).rows) == 2
    assert RejectedRecords(settings.paths.rejected_records).count() == 1


def test_an_idle_segment_costs_no_transaction(
    spool: Spool, writable: Database, write: Write
) -> None:
    spool.append([records.log()])
    write()
    begun: list[object] = []
    sa.event.listen(writable._engine, "begin", begun.append)
    assert write() == DrainReport()
    assert begun == []
    spool.append([records.log()])
    assert write().records == 1


def test_small_chunks_carry_large_segments(
    settings: Settings, spool: Spool, writable: Database, record_log: RecordLog
) -> None:
    spool.append([records.log(message=f"line {number} " + "x" * 300) for number in range(400)])
    writer = LogWriter(settings.paths, writable, 65536)
    assert writer.run_once(utc_now()).records < 400
    writer.drain(utc_now())
    messages = [row["message"] for row in record_log.logs(PageRequest(limit=1000)).rows]
    assert [message.split()[1] for message in messages] == [str(n) for n in range(399, -1, -1)]


APPENDING_PROGRAM = """
import sys
from pathlib import Path
from storage.spool.spool import Spool
from tests.storage import records
spool = Spool(Path(sys.argv[1]), 20_000)
while True:
    record = records.answer()
    spool.append([record])
    print(record.prediction_id, flush=True)
"""


def test_killed_processes_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """An appender and the log-writer are killed with -9; each acknowledged id arrives exactly once."""
    settings = Settings(runtime_directory=tmp_path / "runtime")
    runtime = {"HOUSING_RUNTIME_DIRECTORY": str(tmp_path / "runtime")}
    acknowledged: list[str] = []
    for _ in range(3):
        with running("storage.log_writer", tmp_path / "log", **runtime) as writer:
            acknowledged += _append_and_kill(settings, writer)
    with running("storage.log_writer", tmp_path / "log", **runtime):
        # The one that stays is the log-writer's own, for its own log lines.
        wait_for(lambda: len(_segments(settings)) == 1, what="a drained spool")
    stored = _stored_ids(settings)
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)


def _append_and_kill(settings: Settings, writer: Program) -> list[str]:
    """Let a process append, kill the writer and then the process; return the acknowledged ids."""
    appender = subprocess.Popen(
        [sys.executable, "-c", APPENDING_PROGRAM, str(settings.paths.spool)],
        cwd=REPOSITORY,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert appender.stdout is not None
    with appender.stdout as lines:
        acknowledged = [lines.readline().strip() for _ in range(500)]
        os.killpg(writer.pid, signal.SIGKILL)
        acknowledged += [lines.readline().strip() for _ in range(200)]
        appender.kill()
        acknowledged += [line.strip() for line in lines if line.endswith("\n")]
    appender.wait()
    return acknowledged


def _segments(settings: Settings) -> list[Path]:
    return list(settings.paths.spool.glob("*.spool"))


def _stored_ids(settings: Settings) -> list[str]:
    with (
        closing(Database(settings.database_address)) as database,
        database.transaction() as connection,
    ):
        return list(connection.execute(sa.text("SELECT prediction_id FROM predictions")).scalars())
