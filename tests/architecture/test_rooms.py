"""The order of rooms, which pyproject.toml has as data: imports lead down, and every room is in it."""

import subprocess
import sys
from pathlib import Path

from tests.system import REPOSITORY


def test_imports_between_rooms_lead_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--no-logo", "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert result.returncode == 0, result.stdout + result.stderr
