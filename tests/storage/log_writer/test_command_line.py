"""The log-writer as a process: a person confirms the clock while it runs, and it says what it waits for."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.audit.trail import AuditTrail
from storage.database.connection import Database
from storage.log_writer.__main__ import main
from storage.log_writer.retention_clock import believe
from storage.log_writer.status import AlarmKind, LogWriterStatus, read_status
from storage.schema.records import utc_now
from storage.schema.tables import retention_clock
from storage.settings import Settings
from tests.system import running, wait_for


@pytest.fixture
def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(settings.paths.root))
    return {"HOUSING_RUNTIME_DIRECTORY": str(settings.paths.root)}


@pytest.fixture
def two_years_behind(settings: Settings) -> Iterator[Database]:
    """A database whose log-writer last saw a time of two years ago."""
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
        with database.transaction() as connection:
            believe(connection, utc_now() - timedelta(days=730))
    with closing(Database(settings.database_address)) as database:
        yield database


def test_a_person_confirms_the_clock(
    settings: Settings,
    runtime: dict[str, str],
    two_years_behind: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running("storage.log_writer", tmp_path / "log", **runtime):
        held = wait_for(lambda: _problems(settings), what="an alarm")
        assert held[0].startswith("No records are removed by age: the clock says ")
        assert main(["--believe-clock"]) == 0
    assert capsys.readouterr().out.startswith("The clock is believed")
    with two_years_behind.transaction() as connection:
        believed = connection.execute(sa.select(retention_clock.c.believed)).scalar_one()
    assert utc_now() - believed < timedelta(minutes=5)
    assert AuditTrail(settings.paths).newest(1)[0].action == "believe clock"
    assert "No records are removed by age" in (tmp_path / "log").read_text()


def test_without_a_log_writer_nothing_is_confirmed(
    runtime: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOUSING_COMMAND_TIMEOUT_SECONDS", "0.2")
    assert main(["--believe-clock"]) == 1
    assert "nothing was changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("in_the_way", "kind", "sentence"),
    [
        ("database", "database_unavailable", "cannot be created"),
        ("spool/rejected", "spool_unavailable", "Nothing in it is lost"),
    ],
)
def test_what_it_waits_for_is_an_alarm(
    in_the_way: str,
    kind: AlarmKind,
    sentence: str,
    settings: Settings,
    runtime: dict[str, str],
    tmp_path: Path,
) -> None:
    settings.paths.spool.mkdir(parents=True)
    (settings.paths.spool / "00000000000000000001-1-dead.spool").write_bytes(b"junk\n")
    (settings.paths.root / in_the_way).write_text("in the way")
    with running("storage.log_writer", tmp_path / "log", **runtime):
        problems = wait_for(lambda: _problems(settings), what="an alarm")
        assert sentence in problems[0]
        status = _status(settings)
        assert status is not None
        assert status.alarms == {kind: 1}
        (settings.paths.root / in_the_way).unlink()
        wait_for(lambda: not _problems(settings), what="the end of the alarm")


def _status(settings: Settings) -> LogWriterStatus | None:
    return read_status(settings.paths.log_writer_status)


def _problems(settings: Settings) -> tuple[str, ...]:
    status = _status(settings)
    return status.problems if status is not None else ()
