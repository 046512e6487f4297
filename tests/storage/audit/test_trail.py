"""The audit: what is appended is there in order, survives kills, and any later change of it is found."""

import subprocess
import sys
from functools import partial

import pytest

from storage.audit.__main__ import main
from storage.audit.chain import NOTHING, AuditAct, ChainEnd, seal
from storage.audit.trail import AUDIT, AuditTrail
from storage.errors import AuditUnavailable
from storage.paths import RuntimePaths
from storage.settings import Settings
from tests.storage.audit.entries import ENTRIES, act, fill
from tests.system import REPOSITORY, clean_environment, wait_for

APPENDER = """
import itertools, sys, time
from pathlib import Path
from storage.audit.trail import AuditTrail
from storage.audit.chain import AuditAct
from storage.paths import RuntimePaths

trail = AuditTrail(RuntimePaths(Path(sys.argv[1])))
for number in itertools.count():
    trail.append(AuditAct(actor=sys.argv[2], action="test", figures={"number": number}))
    print(number, flush=True)
    time.sleep(0.001)  # a lock is not fair to who waits while another takes it again at once
"""
KILLS = 3


@pytest.fixture
def paths(settings: Settings) -> RuntimePaths:
    return settings.paths


@pytest.fixture
def trail(paths: RuntimePaths) -> AuditTrail:
    return AuditTrail(paths)


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


def test_figures_that_are_too_long_are_left_out_and_it_says_so(trail: AuditTrail) -> None:
    entry = trail.append(AuditAct(actor="a", action="b", figures={"long": "x" * 100_000}))
    assert entry.figures["left_out_bytes"] > 100_000
    assert trail.append(act()).sequence == 2
    assert trail.verify().holds


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
    assert "The record of the newest entry is missing" in str(trail.verify().problem)
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
    assert "Line 6 is incomplete" in str(found.note)
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
    assert "Entry 6 is not recorded as the newest yet" in str(found.note)
    assert trail.append(act()).sequence == 7
    assert trail.verify().holds


def test_a_note_put_back_further_is_found(trail: AuditTrail, paths: RuntimePaths) -> None:
    fill(trail)
    noted = paths.audit_head.read_bytes()
    fill(trail, 2)
    paths.audit_head.write_bytes(noted)
    assert "Entry 5 is recorded as the newest but is not the last" in str(trail.verify().problem)


def test_what_cannot_be_written_is_refused_and_leaves_the_chain(
    trail: AuditTrail, paths: RuntimePaths, caplog: pytest.LogCaptureFixture
) -> None:
    fill(trail)
    paths.audit_log.rename(paths.audit_log.with_name("kept"))
    paths.audit_log.mkdir()
    with pytest.raises(AuditUnavailable, match="free some disk space"):
        trail.append(act())
    assert not trail.record(act(7))
    assert "Missing from the audit log" in caplog.text
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
        "from storage.audit.__main__ import AuditTrail; from storage.audit.chain import AuditAct;"
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
    assert "The audit log cannot be written (only part" in result.stdout, result.stderr
    assert paths.audit_log.read_bytes() == before
    assert trail.append(act()).sequence == ENTRIES + 1
    assert trail.verify().holds


def test_two_processes_and_kills_leave_a_chain_that_holds(
    trail: AuditTrail, paths: RuntimePaths
) -> None:
    acknowledged = 0
    for kill in range(KILLS):
        names = (f"one-{kill}", f"two-{kill}")
        acknowledged += _append_until_killed(paths, *names)
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
    assert "Audit log intact." in said
    assert f"5 entries verified; the last has the hash {trail.newest(1)[0].hash}." in said
    content = paths.audit_log.read_bytes().replace(b'"subject":"v2"', b'"subject":"v9"')
    paths.audit_log.write_bytes(content)
    assert main(["verify"]) == 1
    said = capsys.readouterr().out
    assert "Audit log not intact. Line 3, where entry 3 should be: its content does not" in said


def _append_until_killed(paths: RuntimePaths, *names: str) -> int:
    """Kill with -9 processes that append, once each has; return how many entries they said are kept."""
    appenders = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(paths.root), name],
            cwd=REPOSITORY,
            env=clean_environment(),
            stdout=subprocess.PIPE,
        )
        for name in names
    ]
    try:
        for name in names:
            wait_for(partial(_has_entries_of, paths, name), what=f"entries of {name}")
    finally:
        for process in appenders:
            process.kill()
        outputs = [process.communicate()[0] for process in appenders]
    return sum(output.count(b"\n") for output in outputs)


def _has_entries_of(paths: RuntimePaths, name: str) -> bool:
    content = paths.audit_log.read_bytes() if paths.audit_log.exists() else b""
    return content.count(f'"actor":"{name}"'.encode()) >= ENTRIES
