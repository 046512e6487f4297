"""The audit: what is appended is there in order, survives kills, and any later change of it is found."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from storage.audit import AUDIT, AuditTrail, main
from storage.audit_chain import NOTHING, AuditAct, ChainEnd, seal, unseal
from storage.errors import AuditUnavailable
from storage.paths import RuntimePaths
from storage.settings import Settings
from tests.system import REPOSITORY, clean_environment, wait_for

ENTRIES = 5
APPENDER = """
import itertools, sys
from pathlib import Path
from storage.audit import AuditTrail
from storage.audit_chain import AuditAct
from storage.paths import RuntimePaths

trail = AuditTrail(RuntimePaths(Path(sys.argv[1])))
for number in itertools.count():
    trail.append(AuditAct(actor=sys.argv[2], action="test", figures={"number": number}))
    print(number, flush=True)
"""
KILLS = 3

unhurried = hypothesis_settings(deadline=None)

acts = st.builds(
    AuditAct,
    actor=st.text(max_size=20),
    action=st.text(max_size=20),
    subject=st.none() | st.text(max_size=20),
    reason=st.none() | st.text(max_size=100),
    figures=st.dictionaries(st.text(max_size=5), st.none() | st.floats() | st.text(max_size=9)),
)


@pytest.fixture
def paths(settings: Settings) -> RuntimePaths:
    return settings.paths


@pytest.fixture
def trail(paths: RuntimePaths) -> AuditTrail:
    return AuditTrail(paths)


def act(number: int = 0, actor: str = "admin") -> AuditAct:
    return AuditAct(
        actor=actor, action="rollback", subject=f"v{number}", reason="it errs", request_id="r-1"
    )


def fill(trail: AuditTrail, entries: int = ENTRIES) -> None:
    for number in range(entries):
        trail.append(act(number))


def test_an_empty_audit_holds_and_reading_it_writes_nothing(
    trail: AuditTrail, paths: RuntimePaths
) -> None:
    found = trail.verify()
    assert (found.holds, found.entries, found.end) == (True, 0, ChainEnd())
    assert trail.newest(10) == []
    assert not paths.audit_log.parent.exists()


def test_entries_are_kept_in_order_and_chained(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    entries = trail.newest(ENTRIES + 1)[::-1]
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in entries] == [NOTHING, *(e.hash for e in entries[:-1])]
    assert (entries[0].subject, entries[0].reason, entries[0].request_id) == (
        "v0",
        "it errs",
        "r-1",
    )
    assert [entry.sequence for entry in trail.newest(2)] == [5, 4]
    assert len(paths.audit_log.read_bytes().splitlines()) == ENTRIES
    assert AuditTrail(paths).verify().end == entries[-1].end


@unhurried
@given(acts)
def test_whatever_is_told_comes_back_as_it_was(told: AuditAct) -> None:
    line = seal(told, ChainEnd())
    assert line.count(b"\n") == 1
    entry = unseal(line[:-1])
    for name in ("actor", "action", "subject", "reason", "timestamp"):
        assert getattr(entry, name) == getattr(told, name)
    assert entry.figures.keys() == told.figures.keys()


def test_figures_that_are_too_long_are_left_out_and_it_says_so(trail: AuditTrail) -> None:
    entry = trail.append(AuditAct(actor="a", action="b", figures={"long": "x" * 100_000}))
    assert entry.figures["left_out_bytes"] > 100_000
    assert trail.append(act()).sequence == 2
    assert trail.verify().holds


@unhurried
@given(position=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_changed_byte_is_found(position: int, change: int) -> None:
    def edit(content: bytes) -> bytes:
        place = position % len(content)
        return content[:place] + bytes([content[place] ^ change]) + content[place + 1 :]

    _tampered(edit)


@unhurried
@given(first=st.integers(0, ENTRIES - 1), number=st.integers(1, ENTRIES))
def test_any_removed_lines_are_found(first: int, number: int) -> None:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines[:first] + lines[first + number :])

    _tampered(edit)


@unhurried
@given(st.permutations(range(ENTRIES)))
def test_any_other_order_is_found(order: list[int]) -> None:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines[place] for place in order)

    if order != sorted(order):
        _tampered(edit)


@unhurried
@given(st.integers(0, ENTRIES), st.integers(0, ENTRIES - 1))
def test_a_repeated_line_is_found(place: int, copied: int) -> None:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join([*lines[:place], lines[copied], *lines[place:]])

    _tampered(edit)


def test_the_first_entry_that_does_not_fit_is_named(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    lines = paths.audit_log.read_bytes().splitlines(keepends=True)
    paths.audit_log.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    found = trail.verify()
    assert found.problem == "Line 3: entry 4 is where entry 3 should be."
    assert found.entries == 2
    forged = seal(act(9), ChainEnd(sequence=2, hash=unseal(lines[1][:-1]).hash))
    paths.audit_log.write_bytes(b"".join([*lines[:2], forged, *lines[3:]]))
    assert "entry 4 was not made after the entry that is before it now" in str(
        trail.verify().problem
    )


def test_a_gap_at_the_end_stays_when_entries_follow(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    lines = paths.audit_log.read_bytes().splitlines(keepends=True)
    paths.audit_log.write_bytes(b"".join(lines[:3]))
    assert trail.verify().problem == "Entries 4 to 5 are missing at the end."
    assert trail.append(act()).sequence == ENTRIES + 1
    assert trail.verify().problem == "Line 4: entry 6 is where entry 4 should be."


def test_a_removed_file_is_missed(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    paths.audit_log.unlink()
    assert trail.verify().problem == "Entries 1 to 5 are missing at the end."
    trail.append(act())
    assert trail.verify().problem == "Line 1: entry 6 is where entry 1 should be."


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"sequence": -1}'])
def test_a_missing_note_is_a_problem_and_then_an_entry(
    trail: AuditTrail, paths: RuntimePaths, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    fill(trail)
    if content is None:
        paths.audit_head.unlink()
    else:
        paths.audit_head.write_bytes(content)
    assert "The note of the newest entry is missing" in str(trail.verify().problem)
    trail.append(act())
    assert "entries may have been removed" in caplog.text
    assert [(e.actor, e.action) for e in trail.newest(2)][1] == (AUDIT, "note missing")
    assert trail.verify().holds


def test_an_unfinished_line_is_set_aside_and_told(
    trail: AuditTrail, paths: RuntimePaths, caplog: pytest.LogCaptureFixture
) -> None:
    fill(trail)
    torn = seal(act(), trail.verify().end)[:-20]
    with paths.audit_log.open("ab") as stream:
        stream.write(torn)
    found = trail.verify()
    assert found.holds
    assert "Line 6 was never finished" in str(found.note)
    trail.append(act())
    own, told = trail.newest(2)
    assert (told.actor, told.action, told.figures["bytes"]) == (AUDIT, "set aside", len(torn))
    assert (paths.audit_log.parent / str(told.subject)).read_bytes() == torn
    assert str(told.subject) in caplog.text
    assert (own.sequence, trail.verify().entries) == (7, 7)
    assert trail.verify().note is None


def test_an_entry_that_is_not_noted_yet_is_kept(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    noted = paths.audit_head.read_bytes()
    trail.append(act())
    paths.audit_head.write_bytes(noted)  # as if killed between the two
    found = trail.verify()
    assert found.holds
    assert "Entry 6 is not noted as the newest yet" in str(found.note)
    assert trail.append(act()).sequence == 7
    assert trail.verify().holds


def test_a_note_put_back_further_is_found(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    noted = paths.audit_head.read_bytes()
    fill(trail, 2)
    paths.audit_head.write_bytes(noted)
    assert "Entry 5 is noted as the newest, and it is not" in str(trail.verify().problem)


def test_what_cannot_be_written_is_refused_and_leaves_the_chain(
    trail: AuditTrail, paths: RuntimePaths, caplog: pytest.LogCaptureFixture
) -> None:
    fill(trail)
    paths.audit_log.rename(paths.audit_log.with_name("kept"))
    paths.audit_log.mkdir()
    with pytest.raises(AuditUnavailable, match="free some disk space"):
        trail.append(act())
    assert not trail.record(act(7))
    assert "This is missing in the audit" in caplog.text
    assert "rollback by admin, v7, it errs" in caplog.text
    with pytest.raises(AuditUnavailable, match="cannot be read"):
        trail.verify()
    paths.audit_log.rmdir()
    paths.audit_log.with_name("kept").rename(paths.audit_log)
    assert trail.record(act())
    assert trail.verify().entries == ENTRIES + 1


def test_a_full_disk_leaves_no_part_of_an_entry(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    before = paths.audit_log.read_bytes()
    limit = len(before) + 50
    program = (
        "import resource, signal, sys; from pathlib import Path;"
        "from storage.audit import AuditTrail; from storage.audit_chain import AuditAct;"
        "from storage.paths import RuntimePaths; from storage.errors import AuditUnavailable\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "trail = AuditTrail(RuntimePaths(Path(sys.argv[1])))\n"
        "try: trail.append(AuditAct(actor='a', action='b'))\n"
        "except AuditUnavailable as error: print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(paths.root)],
        cwd=REPOSITORY,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert "The audit cannot be written (the disk took a part" in result.stdout, result.stderr
    assert paths.audit_log.read_bytes() == before
    assert trail.append(act()).sequence == ENTRIES + 1
    assert trail.verify().holds


def test_two_processes_and_kills_leave_a_chain_that_holds(
    trail: AuditTrail, paths: RuntimePaths
) -> None:
    acknowledged = 0
    for kill in range(KILLS):
        names = (f"one-{kill}", f"two-{kill}")
        appenders = [_appender(paths, name) for name in names]
        for name in names:
            wait_for(partial(_has_entries_of, paths, name), what=f"entries of {name}")
        for process in appenders:
            os.kill(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            acknowledged += output.count(b"\n")
        assert trail.verify().problem is None
    fill(trail, 1)
    found = trail.verify()
    assert found.holds
    assert found.note is None
    kept = sum(entry.action == "test" for entry in trail.newest(10_000))
    assert acknowledged <= kept <= acknowledged + 2 * KILLS


def test_the_command_says_whether_it_holds(
    trail: AuditTrail,
    paths: RuntimePaths,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(paths.root))
    fill(trail)
    assert main(["verify"]) == 0
    said = capsys.readouterr().out
    assert "The audit holds." in said
    assert f"5 entries fit, the last with the hash {trail.newest(1)[0].hash}." in said
    content = paths.audit_log.read_bytes().replace(b'"subject":"v2"', b'"subject":"v9"')
    paths.audit_log.write_bytes(content)
    assert main(["verify"]) == 1
    said = capsys.readouterr().out
    assert "The audit does not hold. Line 3, where entry 3 should be: its content is not" in said


def _tampered(edit: Callable[[bytes], bytes]) -> None:
    """Fail unless an edit of a whole audit is found, and still found when another entry follows."""
    log, head = _whole_audit()
    with TemporaryDirectory() as folder:
        paths = RuntimePaths(Path(folder))
        paths.audit_log.parent.mkdir()
        paths.audit_log.write_bytes(edit(log))
        paths.audit_head.write_bytes(head)
        trail = AuditTrail(paths)
        assert trail.verify().problem is not None
        trail.append(act())
        assert trail.verify().problem is not None


@cache
def _whole_audit() -> tuple[bytes, bytes]:
    with TemporaryDirectory() as folder:
        paths = RuntimePaths(Path(folder))
        fill(AuditTrail(paths))
        return paths.audit_log.read_bytes(), paths.audit_head.read_bytes()


def _appender(paths: RuntimePaths, name: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(paths.root), name],
        cwd=REPOSITORY,
        env=clean_environment(),
        stdout=subprocess.PIPE,
    )


def _has_entries_of(paths: RuntimePaths, name: str) -> bool:
    content = paths.audit_log.read_bytes() if paths.audit_log.exists() else b""
    return content.count(f'"actor":"{name}"'.encode()) >= ENTRIES
