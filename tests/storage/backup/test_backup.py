"""Backup and restore of what is recorded, on both databases: each record once, whatever happens meanwhile."""

import os
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.backup import moment
from storage.backup.backup import Backup
from storage.backup.display import Lines, display
from storage.backup.manifest import MANIFEST, BackupManifest, read_manifest
from storage.backup.place import BackupPlace
from storage.database.backlog import read_positions
from storage.database.connection import Database
from storage.errors import BackupUnavailable
from storage.log_writer.writer import LogWriter
from storage.models.tables import KeptTables
from storage.process.lock import AlreadyRunning, only_process
from storage.restore.restore import Restore
from storage.schema.records import utc_now
from storage.schema.tables import logs
from storage.settings import Settings
from storage.spool.rejected import RejectedLine, RejectedRecords
from storage.spool.segments import segments
from storage.spool.spool import Spool
from tests.postgresql import client_programs, empty_database
from tests.settings import changed
from tests.storage import records
from tests.system import REPOSITORY, clean_environment
from tests.versions import spoil

LARGEST_FILE_BYTES = 20_000


@pytest.fixture
def recording(settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings over the database, which has its tables, and an audit log of one entry."""
    url = "" if database_url.startswith("sqlite") else database_url
    if url:
        monkeypatch.setenv("PATH", f"{client_programs(url)}:{os.environ['PATH']}")
    AuditTrail(settings.paths).append(AuditAct(actor="test", action="something"))
    return changed(settings, database_url=url)


@pytest.fixture
def writer(recording: Settings, writable: Database) -> LogWriter:
    return LogWriter(recording.paths, writable, recording.log_writer.batch_bytes)


def test_what_waits_and_what_is_stored_comes_back_once(
    recording: Settings, writer: LogWriter, spool: Spool, tmp_path: Path, restored: Settings
) -> None:
    spool.append(records.log(str(number)) for number in range(10))
    writer.run_once(utc_now())
    spool.append(records.log(str(number)) for number in range(10, 15))
    KeptTables(recording.paths).keep("a table", b"rows")
    made = _back_up(recording, tmp_path / "backup")
    _restore(restored, tmp_path / "backup")
    assert KeptTables(restored.paths).path("a table").read_bytes() == b"rows"
    assert (made.rows["logs"], made.waiting_records) == (10, 5)
    assert made.newest_record_at is not None
    assert _drained_messages(restored) == Counter(map(str, range(15)))
    assert [each.action for each in AuditTrail(restored.paths).newest(2)] == [
        "restore",
        "something",
    ]
    assert AuditTrail(restored.paths).verify().holds


def test_files_moved_and_removed_while_the_moment_is_taken_are_not_moved_again(
    recording: Settings,
    writer: LogWriter,
    spool: Spool,
    tmp_path: Path,
    restored: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The spool is listed, then the log-writer moves all of it, then the snapshot begins."""
    spool.append(records.log(str(number)) for number in range(10))

    def read_after_all_was_moved(connection: sa.Connection) -> dict[str, int]:
        spool.close()
        writer.drain(utc_now())
        return read_positions(connection)

    monkeypatch.setattr(moment, "read_positions", read_after_all_was_moved)
    _back_up(recording, tmp_path / "backup")
    assert list(segments(recording.paths.spool)) == []
    _restore(restored, tmp_path / "backup")
    assert _drained_messages(restored) == Counter(map(str, range(10)))


def test_rejected_records_come_back_once(
    recording: Settings, writer: LogWriter, spool: Spool, tmp_path: Path, restored: Settings
) -> None:
    """Set aside before the snapshot; and after it, where the restored log-writer rejects it again."""
    spool.append_lines(b"junk\n")
    writer.run_once(utc_now())
    spool.append_lines(b"later junk\nlatest junk\n")
    rejected = RejectedRecords(recording.paths.rejected_records)
    segment = next(iter(segments(recording.paths.spool)))
    for position, line in ((5, b"later junk"), (16, b"latest junk")):
        rejected.commit(rejected.prepare(segment.name, position, [RejectedLine(line, "bad")]))
    _back_up(recording, tmp_path / "backup")
    _restore(restored, tmp_path / "backup")
    assert not _drained_messages(restored)
    again = RejectedRecords(restored.paths.rejected_records)
    lines = [one.line for path in again.files() for one in again.read(path)]
    assert sorted(lines) == [b"junk", b"later junk", b"latest junk"]


def test_keys_are_copied_only_if_asked_for(
    settings: Settings, sqlite: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.paths.keys.write_text("HOUSING_ADMIN_KEY=secret\n")
    settings.paths.keys.chmod(0o600)
    without = _back_up(settings, tmp_path / "without")
    with display() as shown:
        place = BackupPlace(tmp_path / "with", settings.paths.root)
        made = Backup(settings, place, with_keys=True, shown=shown).run()
    kept = tmp_path / "with" / "runtime" / "keys.env"
    assert (without.has_keys, made.has_keys) == (False, True)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "with").stat().st_mode) == 0o700
    assert "Database" in capsys.readouterr().err


def test_a_backup_that_finds_no_room_says_so_and_leaves_nothing(
    settings: Settings, sqlite: Database, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    command = [sys.executable, "-m", "storage.backup", str(target)]
    done = subprocess.run(
        ["prlimit", f"--fsize={LARGEST_FILE_BYTES}", *command],
        cwd=REPOSITORY,
        env=clean_environment(HOUSING_RUNTIME_DIRECTORY=str(settings.paths.root)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The backup could not be written (")
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.glob("backup*")] == []


def test_what_a_killed_backup_left_is_no_backup_and_not_in_the_way(
    settings: Settings, sqlite: Database, tmp_path: Path, restored: Settings
) -> None:
    left = tmp_path / "backup.partial"
    (left / "runtime" / "audit").mkdir(parents=True)
    with pytest.raises(BackupUnavailable, match="is not a backup: it has no"):
        _restore(restored, left)
    _back_up(settings, tmp_path / "backup")
    assert not left.exists()
    _restore(restored, tmp_path / "backup")


def test_a_backup_is_replaced_only_if_asked_for_and_nothing_else_is(
    settings: Settings, sqlite: Database, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    first = _back_up(settings, target)
    with pytest.raises(BackupUnavailable, match="is a backup already"):
        _back_up(settings, target)
    second = _back_up(settings, target, replace=True)
    assert read_manifest(target) == second
    assert second.created_at > first.created_at
    (tmp_path / "other").mkdir()
    for other in (tmp_path / "other", settings.paths.root / "inside", tmp_path):
        with pytest.raises(BackupUnavailable, match=r"not a backup|outside the runtime folder"):
            BackupPlace(other, settings.paths.root, replace=True)


def test_a_damaged_backup_is_refused_before_anything_is_written(
    settings: Settings, sqlite: Database, tmp_path: Path, restored: Settings
) -> None:
    made = _back_up(settings, tmp_path / "backup")
    for name in made.files:
        spoil(tmp_path / "backup" / name)
        with pytest.raises(BackupUnavailable, match="not as it was when the backup was made"):
            _restore(restored, tmp_path / "backup")
        spoil(tmp_path / "backup" / name)
    manifest = tmp_path / "backup" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(BackupUnavailable, match="has format 2"):
        _restore(restored, tmp_path / "backup")
    assert not restored.paths.root.exists()


def test_a_folder_in_use_or_not_empty_is_refused(
    settings: Settings, sqlite: Database, tmp_path: Path
) -> None:
    _back_up(settings, tmp_path / "backup")
    with pytest.raises(BackupUnavailable, match="is not empty; add --replace"):
        _restore(settings, tmp_path / "backup")
    with (
        only_process(settings.paths.log_writer_lock, "log-writer"),
        pytest.raises(AlreadyRunning, match=r"^log-writer is already running"),
    ):
        _restore(settings, tmp_path / "backup", replace=True)
    aside = _restore(settings, tmp_path / "backup", replace=True)
    assert aside is not None
    assert (aside / "database").is_dir()
    assert settings.paths.database.exists()


@pytest.mark.parametrize("is_mount", [True, False])
def test_an_empty_folder_that_is_there_takes_it_even_a_mount(
    is_mount: bool,
    settings: Settings,
    sqlite: Database,
    tmp_path: Path,
    restored: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = restored.paths.root
    monkeypatch.setattr(Path, "is_mount", lambda path: is_mount and path == root)
    _back_up(settings, tmp_path / "backup")
    root.mkdir()
    before = root.stat().st_ino
    assert _restore(restored, tmp_path / "backup") is None
    assert restored.paths.database.exists()
    assert not list(tmp_path.rglob("*restoring*"))
    assert (root.stat().st_ino == before) is is_mount  # else it was put there by one rename
    if is_mount:
        with pytest.raises(BackupUnavailable, match="is a mount and not empty"):
            _restore(restored, tmp_path / "backup", replace=True)


def test_an_audit_log_that_was_changed_is_copied_and_named(
    settings: Settings, sqlite: Database, tmp_path: Path, restored: Settings
) -> None:
    trail = AuditTrail(settings.paths)
    trail.append(AuditAct(actor="test", action="something"))
    spoil(settings.paths.audit_log)
    made = _back_up(settings, tmp_path / "backup")
    _restore(restored, tmp_path / "backup")
    assert made.audit_problem is not None
    assert made.audit.sequence == 0


@pytest.fixture
def sqlite(settings: Settings) -> Iterator[Database]:
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
        yield database


@pytest.fixture
def restored(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> Iterator[Settings]:
    """Settings over an empty place for what is restored, and an empty database of the same kind."""
    elsewhere = Settings(runtime_directory=tmp_path / "restored")
    callspec = getattr(request.node, "callspec", None)
    if callspec is None or callspec.params.get("database_url") != "postgresql":
        yield elsewhere
        return
    with empty_database(request.getfixturevalue("postgresql"), f"restored_{os.getpid()}") as url:
        yield changed(elsewhere, database_url=url)


def _back_up(settings: Settings, target: Path, *, replace: bool = False) -> BackupManifest:
    place = BackupPlace(target, settings.paths.root, replace=replace)
    with _shown() as shown:
        return Backup(settings, place, shown=shown).run()


def _restore(settings: Settings, source: Path, *, replace: bool = False) -> Path | None:
    with _shown() as shown:
        restore = Restore(settings, source, replace=replace, shown=shown)
        restore.run()
    return restore.moved_aside


@contextmanager
def _shown() -> Iterator[Lines]:
    with display() as shown:
        assert isinstance(shown, Lines)
        yield shown


def _drained_messages(settings: Settings) -> Counter[str]:
    """Let a log-writer finish what was restored; return how often each message is stored."""
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
        LogWriter(settings.paths, database, settings.log_writer.batch_bytes).drain(utc_now())
        with database.transaction() as connection:
            found = connection.execute(sa.select(logs.c.message)).scalars().all()
    assert list(segments(settings.paths.spool)) == []
    return Counter(found)
