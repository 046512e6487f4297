"""One class for one concept: no route copies an object field by field into a class of the contract."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROUTES = Path(__file__).parents[2] / "backend" / "routes"
MOST_COPIED = 3
"""Fields of the same name that an answer may take from one object: a pointer's version, previous and time."""


def copies(source: str) -> Iterator[str]:
    """Yield the calls that take more than so many fields from one object under the same names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            owners = Counter(
                ast.unparse(argument.value.value)
                for argument in node.keywords
                if isinstance(argument.value, ast.Attribute) and argument.value.attr == argument.arg
            )
            yield from (
                f"line {node.lineno}: {ast.unparse(node.func)} copies {owner}"
                for owner, count in owners.items()
                if count > MOST_COPIED
            )


@pytest.mark.parametrize("path", sorted(ROUTES.glob("*.py")), ids=lambda path: path.name)
def test_a_route_copies_no_twin(path: Path) -> None:
    found = list(copies(path.read_text()))
    assert found == [], "let what measures it make the contract's class"


def test_a_twin_that_is_copied_is_found() -> None:
    source = (
        "State(holds=found.holds, entries=found.entries, problem=found.problem, note=found.note)"
    )
    assert list(copies(source)) == ["line 1: State copies found"]
