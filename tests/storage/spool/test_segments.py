"""Appending: all or nothing, whole lines, by any number of threads."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import SpoolUnavailable
from storage.schema.records import LogRecord
from storage.spool.segments import decode, encode, segments
from storage.spool.spool import Spool
from tests.storage import records


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_survives_a_line(message: str, module: str) -> None:
    try:
        message.encode()
        module.encode()
    except UnicodeEncodeError:
        return  # a lone surrogate is no text; Python's logging cannot write it either
    record = records.log(message=message, module=module)
    line = encode(record)
    assert line.count(b"\n") == 1
    assert decode(line[:-1]) == record


@given(st.binary(max_size=300))
def test_junk_is_refused_and_nothing_else_happens(junk: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decode(junk)


@given(st.data())
def test_one_changed_byte_is_noticed(data: st.DataObject) -> None:
    line = bytearray(encode(records.log())[:-1])
    position = data.draw(st.integers(0, len(line) - 1))
    replacement = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[position]))
    original = bytes(line)
    line[position] = replacement
    if bytes(line).lower() == original.lower() and position < 8:
        return  # an upper-case digit of the checksum is the same checksum
    with pytest.raises(ValueError, match=r".*"):
        decode(bytes(line))


def test_threads_share_a_spool_without_torn_lines(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 5_000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: spool.append([records.log(message=str(n))]), range(400)))
    spool.close()
    lines = [line for segment in segments(tmp_path) for line in segment.read(0, 1 << 20).lines]
    messages = [record.message for record in map(decode, lines) if isinstance(record, LogRecord)]
    assert sorted(map(int, messages)) == list(range(400))
    assert len(list(segments(tmp_path))) > 1


def test_a_full_disk_keeps_nothing_of_the_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, 1 << 20)
    spool.append([records.log("before")])
    really_write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: really_write(fd, data[:10]))
    with pytest.raises(SpoolUnavailable, match="free some disk space"):
        spool.append([records.log("lost")])
    monkeypatch.undo()
    spool.append([records.log("after")])
    spool.close()
    lines = [line for segment in segments(tmp_path) for line in segment.read(0, 1 << 20).lines]
    messages = [record.message for record in map(decode, lines) if isinstance(record, LogRecord)]
    assert messages == ["before", "after"]


def test_a_full_disk_lets_go_of_what_can_be_moved_and_makes_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, 1 << 20)
    spool.append([records.log("before")])
    monkeypatch.setattr(os, "write", lambda fd, data: 0)
    for _ in range(5):
        with pytest.raises(SpoolUnavailable):
            spool.append([records.log("lost")])
    first, *others = segments(tmp_path)
    assert first.read(0, 1 << 20).finished, "it may be removed, which makes room"
    assert len(others) == 1
    monkeypatch.undo()
    spool.append([records.log("after")])
    assert not others[0].read(0, 1 << 20).finished
    spool.close()


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpoolUnavailable) as caught:
        Spool(tmp_path / "file" / "spool", 1 << 20).append([records.log()])
    assert os.strerror(errno.ENOTDIR) in str(caught.value)
