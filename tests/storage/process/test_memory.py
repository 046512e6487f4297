"""Freed memory goes back to the machine."""

from pathlib import Path

from storage.process.memory import give_back_freed

PIECES, PIECE_BYTES = 50_000, 2_000


def test_what_was_freed_below_a_piece_in_use_is_given_back() -> None:
    pieces = [bytearray(PIECE_BYTES) for _ in range(PIECES)]
    still_used = pieces[:: PIECES // 50]
    before = _resident_bytes()
    del pieces
    give_back_freed()
    assert before - _resident_bytes() > 0.8 * PIECES * PIECE_BYTES
    assert len(still_used) == 50


def _resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
