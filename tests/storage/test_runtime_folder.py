"""The runtime folder: created, or refused in one sentence with the path that stands in the way."""

from pathlib import Path

import pytest

from storage.paths import RuntimePaths
from storage.runtime_folder import refuse_unusable


def test_a_command_that_writes_creates_it_and_one_that_reads_does_not(tmp_path: Path) -> None:
    paths = RuntimePaths(tmp_path / "a" / "b")
    refuse_unusable(paths, writes=False)
    assert not paths.root.exists()
    refuse_unusable(paths, writes=True)
    assert paths.root.is_dir()


@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_in_its_place_is_named(tmp_path: Path, below: str, writes: bool) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"(?i)not a (folder|directory)") as stopped:
        refuse_unusable(RuntimePaths(tmp_path / "file" / below), writes=writes)
    assert str(stopped.value).startswith(f"{tmp_path / 'file' / below} cannot be used")
    assert "HOUSING_RUNTIME_DIRECTORY" in str(stopped.value)


def test_a_file_in_the_place_of_one_of_its_folders_is_named(tmp_path: Path) -> None:
    paths = RuntimePaths(tmp_path)
    paths.spool.touch()
    with pytest.raises(SystemExit, match="spool cannot be used"):
        refuse_unusable(paths, writes=True)
    refuse_unusable(paths, writes=False)
