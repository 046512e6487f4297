"""Whatever is done to an audit by hand is found, and stays found when entries follow."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from storage.audit.chain import AuditAct, ChainEnd, seal, unseal
from storage.audit.trail import AuditTrail
from storage.paths import RuntimePaths
from tests.storage.audit.entries import ENTRIES, act, fill

acts = st.builds(
    AuditAct,
    actor=st.text(max_size=20),
    action=st.text(max_size=20),
    subject=st.none() | st.text(max_size=20),
    reason=st.none() | st.text(max_size=100),
    figures=st.dictionaries(st.text(max_size=5), st.none() | st.floats() | st.text(max_size=9)),
)


@given(acts)
def test_whatever_is_told_comes_back_as_it_was(told: AuditAct) -> None:
    line = seal(told, ChainEnd())
    assert line.count(b"\n") == 1
    entry = unseal(line[:-1])
    for name in ("actor", "action", "subject", "reason", "timestamp"):
        assert getattr(entry, name) == getattr(told, name)
    assert entry.figures.keys() == told.figures.keys()


@given(position=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_changed_byte_is_found(position: int, change: int) -> None:
    def edit(content: bytes) -> bytes:
        place = position % len(content)
        return content[:place] + bytes([content[place] ^ change]) + content[place + 1 :]

    _tampered(edit)


@given(first=st.integers(0, ENTRIES - 1), number=st.integers(1, ENTRIES))
def test_any_removed_lines_are_found(first: int, number: int) -> None:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines[:first] + lines[first + number :])

    _tampered(edit)


@given(st.permutations(range(ENTRIES)))
def test_any_other_order_is_found(order: list[int]) -> None:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines[place] for place in order)

    if order != sorted(order):
        _tampered(edit)


@given(st.integers(0, ENTRIES), st.integers(0, ENTRIES - 1))
def test_a_repeated_line_is_found(place: int, copied: int) -> None:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join([*lines[:place], lines[copied], *lines[place:]])

    _tampered(edit)


def test_the_first_entry_that_does_not_fit_is_named(tmp_path: Path) -> None:
    paths = RuntimePaths(tmp_path)
    trail = AuditTrail(paths)
    fill(trail)
    lines = paths.audit_log.read_bytes().splitlines(keepends=True)
    paths.audit_log.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    found = trail.verify()
    assert found.problem == "Line 3: entry 4 is where entry 3 should be."
    assert found.entries == 2
    forged = seal(act(9), ChainEnd(sequence=2, hash=unseal(lines[1][:-1]).hash))
    paths.audit_log.write_bytes(b"".join([*lines[:2], forged, *lines[3:]]))
    assert "entry 4 does not continue from the entry before it" in str(trail.verify().problem)


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
