"""Tests that share heavy processes really run in one pytest process: pytest and plugin must agree on it."""

import subprocess
import sys
from pathlib import Path

from tests.system import REPOSITORY

GROUPED = """
import pytest

pytestmark = pytest.mark.xdist_group("together")


def test_grouped(request):
    assert request.node.nodeid.endswith("@together")
"""


def test_a_group_of_tests_is_kept_together(tmp_path: Path) -> None:
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    arguments = ["-n", "1", "--dist", "loadgroup", "-p", "no:cacheprovider", str(tmp_path)]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", str(tmp_path), *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
