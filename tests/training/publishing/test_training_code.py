"""Which code trains: the commit of the checkout, wherever it lies, or none."""

import subprocess
from pathlib import Path

import pytest

from training.publishing import training_code


@pytest.mark.parametrize("name", ["house", "a folder with blanks"])
def test_the_commit_of_a_checkout_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = (tmp_path / name).resolve()
    folder.mkdir()
    named = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["init", "-q"], [*named, "commit", "-q", "--allow-empty", "-m", "First"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    )
    monkeypatch.setattr(training_code, "PROJECT", folder)
    assert training_code._commit() == asked.stdout.strip()


def test_a_folder_inside_another_checkout_has_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.setattr(training_code, "PROJECT", inside)
    assert training_code._commit() is None
