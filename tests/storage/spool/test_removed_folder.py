"""The spool folder removed, moved or replaced while a process writes in it: nothing it appended is lost."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.errors import SpoolUnavailable
from storage.schema.records import LogRecord
from storage.spool import spool as module
from storage.spool.open_segment import OpenSegment
from storage.spool.segments import decode, segments
from storage.spool.spool import Spool
from tests.storage import records
from tests.system import wait_for

Fault = Callable[[Path], object]


@pytest.fixture(autouse=True)
def _always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the file system at every append; how rarely it is asked otherwise has its own test."""
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)


def _move(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def _replace(folder: Path) -> None:
    _move(folder)
    folder.mkdir()


def _remove_files(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _put_back(folder: Path) -> None:
    """An older copy of the folder comes back under the process."""
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)


@pytest.mark.parametrize("fault", [_remove, _move, _replace, _remove_files, _put_back])
def test_what_was_appended_is_found_by_its_old_name(
    fault: Fault, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same name and the same bytes, so that the log-writer's position in it still holds."""
    folder = tmp_path / "spool"
    spool = Spool(folder, 1 << 20)
    restored: list[None] = []
    spool.on_restored = lambda: restored.append(None)
    spool.append([records.log("before")])
    (before,) = segments(folder)
    fault(folder)
    spool.append([records.log("after")])
    assert _messages(folder) == ["before", "after"]
    assert [segment.name for segment in segments(folder)] == [before.name]
    assert not before.read(0, 1 << 20).finished, "the process still writes to it"
    assert len(restored) == 1
    assert "was removed or replaced" in caplog.text
    spool.close()
    assert before.read(0, 1 << 20).finished


def test_an_idle_process_does_not_wait_for_its_next_record(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 1 << 20)
    spool.append([records.log("last")])
    _remove(tmp_path / "spool")
    spool.keep_checking()
    wait_for(lambda: _messages(tmp_path / "spool") == ["last"], 5, "the record")
    spool.close()


@pytest.mark.parametrize("segment_bytes", [1 << 20, 1_000], ids=["closing", "full"])
def test_a_closing_or_full_segment_is_not_left_out_of_reach(
    segment_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    monkeypatch.setattr(module, "CHECK_SECONDS", 60.0)
    spool = Spool(folder, segment_bytes)
    spool.append([records.log("one")])
    _remove_files(folder)
    spool.append([records.log("two" * 400)])
    spool.close()
    assert _messages(folder) == ["one", "two" * 400]


def test_while_it_cannot_be_written_anew_nothing_is_acknowledged_or_lost(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    spool = Spool(folder, 1 << 20)
    spool.append([records.log("before")])
    shutil.rmtree(folder)
    folder.write_text("in the way")
    with pytest.raises(SpoolUnavailable):
        spool.append([records.log("refused")])
    folder.unlink()
    spool.append([records.log("after")])
    spool.close()
    assert _messages(folder) == ["before", "after"]


def test_the_thread_that_checks_hides_from_no_append_that_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is appended to a file without a name would be lost with the process."""
    monkeypatch.undo()
    folder = tmp_path / "spool"
    spool = Spool(folder, 1 << 20)
    spool.append([records.log("before")])
    shutil.rmtree(folder)
    folder.write_text("in the way")
    spool.check()
    with pytest.raises(SpoolUnavailable, match="File exists"):
        spool.append([records.log("refused")])
    folder.unlink()
    spool.check()
    spool.append([records.log("after")])
    spool.close()
    assert _messages(folder) == ["before", "after"]


def test_the_file_system_is_asked_a_few_times_a_second_not_at_each_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    spool = Spool(tmp_path, 1 << 20)
    asked: list[None] = []
    really = OpenSegment.is_reachable

    def counted(segment: OpenSegment) -> bool:
        asked.append(None)
        return really(segment)

    monkeypatch.setattr(OpenSegment, "is_reachable", counted)
    for _ in range(1_000):
        spool.append_lines(b"00000000 {}\n")
    assert len(asked) <= 5
    spool.close()


def _messages(folder: Path) -> list[str]:
    lines = [line for segment in segments(folder) for line in segment.read(0, 1 << 20).lines]
    return [record.message for record in map(decode, lines) if isinstance(record, LogRecord)]
