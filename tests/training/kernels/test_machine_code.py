"""The folder of the machine code: named by what the code is made of, and cleared of what nobody uses."""

import os
import time
from pathlib import Path

import pytest

from training.kernels.machine_code import UNUSED_SECONDS, checksum, usable_folder

NAME, OLD, RECENT = "0123456789abcdef", "fedcba9876543210", "aaaaaaaaaaaaaaaa"
TABLE = "homes/table.toml"
COMPILED = (
    "from storage.limits import (\n    LIMIT,\n)\nfrom storage.errors import Wrong\n"
    "from training.rooms import low\nfrom training.options import compiled\n\n"
    "@compiled\ndef is_low(value):\n    return value < LIMIT\n"
)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A compiled function, a constant that it takes through other files, and a file that it does not know."""
    for file, text in (
        ("training/low.py", COMPILED),
        ("storage/limits.py", "from storage.highest import HIGHEST\n\nLIMIT = HIGHEST"),
        ("storage/highest.py", "HIGHEST = 1"),
        (TABLE, "cap = 5"),
        ("storage/errors.py", "class Wrong(Exception): ..."),
        ("training/options.py", "OPTIONS = {}"),
        ("training/other.py", ""),
        ("training/rooms/__init__.py", ""),
    ):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "training"


@pytest.mark.parametrize(
    "changed",
    [
        "training/low.py",
        "training/options.py",
        "storage/limits.py",
        "storage/highest.py",
        TABLE,
    ],
)
def test_what_a_compiled_function_is_made_of_changes_the_name(changed: str, sources: Path) -> None:
    table = sources.parent / TABLE
    before = checksum(sources, table)
    with (sources.parent / changed).open("a") as file:
        file.write("\n")
    assert checksum(sources, table) != before


@pytest.mark.parametrize("changed", ["training/other.py", "storage/errors.py"])
def test_no_other_file_changes_the_name(changed: str, sources: Path) -> None:
    table = sources.parent / TABLE
    before = checksum(sources, table)
    (sources.parent / changed).write_text("UNUSED = 2")
    assert checksum(sources, table) == before


def test_only_what_nobody_used_for_long_is_removed(tmp_path: Path) -> None:
    long_ago = time.time() - 2 * UNUSED_SECONDS
    for name in (NAME, OLD, RECENT, "something_else"):
        (tmp_path / name).mkdir()
        if name != RECENT:
            os.utime(tmp_path / name, (long_ago, long_ago))
    assert usable_folder(tmp_path, NAME) == tmp_path / NAME
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {NAME, RECENT, "something_else"}


def test_where_nothing_can_be_written_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert usable_folder(tmp_path / "file", NAME) is None
