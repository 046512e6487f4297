"""Compiled functions that answer for every table have no constant of one: their machine code is shared."""

import ast
from pathlib import Path

import pytest

from training.kernels.machine_code import MARKS, SOURCES

OF_THE_EMBEDDED_TABLE = {
    "features/district_ratios.py",
    "features/map_coordinates.py",
    "features/neighbour_statistics.py",
    "features/place_neighbours.py",
    "features/place_support.py",
    "features/raw_inputs.py",
    "features/similar_neighbours.py",
    "models/compiled_neighbours.py",
    "models/support_switch.py",
}
"""They are compiled for no other table, and its definition is part of the machine code's name."""
DECORATORS = {mark.decode().removeprefix("@") for mark in MARKS}


def compiled_files() -> list[str]:
    files = (path for path in SOURCES.rglob("*.py") if any(map(path.read_bytes().count, MARKS)))
    return sorted(str(path.relative_to(SOURCES)) for path in files)


@pytest.mark.parametrize("file", sorted(set(compiled_files()) - OF_THE_EMBEDDED_TABLE))
def test_no_compiled_function_uses_a_constant_of_the_domain(file: str) -> None:
    tree = ast.parse((SOURCES / file).read_text(encoding="utf-8"))
    assert used_in_compiled_functions(tree) & made_of_the_domain(tree) == set()


def test_such_a_constant_would_be_seen() -> None:
    path: Path = SOURCES / "models" / "support_switch.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert "TARGET_CAP" in used_in_compiled_functions(tree) & made_of_the_domain(tree)


def used_in_compiled_functions(tree: ast.Module) -> set[str]:
    functions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and DECORATORS & {ast.unparse(each) for each in node.decorator_list}
    ]
    return {
        node.id
        for function in functions
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    }


def made_of_the_domain(tree: ast.Module) -> set[str]:
    """Return the names imported from the domain, and the constants that are made of them."""
    names = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("storage.domain")
        for alias in node.names
    }
    for node in tree.body:
        if isinstance(node, ast.Assign):
            used = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            if used & names:
                names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return names
