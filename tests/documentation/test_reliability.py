"""The table of faults names tests that exist, and every test of a fault is in it."""

import ast
import re

from tests.system import REPOSITORY

PAGE = REPOSITORY / "docs" / "reliability.md"
ROW = re.compile(r"^\| .* \| `(tests/[\w/]+\.py)::(test_\w+)` \|$", re.MULTILINE)
HEADINGS = 2


def test_every_test_in_the_table_exists() -> None:
    named = ROW.findall(PAGE.read_text())
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    assert len(named) == len(rows) - HEADINGS
    for path, name in named:
        assert name in _tests(path), f"{path}::{name}"


def test_every_file_of_fault_tests_is_in_the_table() -> None:
    named = {path for path, _ in ROW.findall(PAGE.read_text())}
    files = (REPOSITORY / "tests" / "faults").glob("test_*.py")
    assert {str(file.relative_to(REPOSITORY)) for file in files} <= named


def _tests(path: str) -> set[str]:
    tree = ast.parse((REPOSITORY / path).read_text())
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
