"""A pickle runs its code when it is loaded: one place loads them, and only bytes whose checksum matched."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.system import REPOSITORY

ROOMS = ("storage", "training", "backend", "dashboard")
READERS = {"pickle", "cloudpickle", "dill", "joblib", "skops", "marshal", "shelve"}
LOADING = {"load_model", "Unpickler", "NumpyUnpickler", "read_pickle", "unpickled"}
"""Names that load: MLflow's, pickle's, joblib's, pandas', and our own."""
ROUND_TRIP = "unpickled(pickled("
"""Reads what the same line has just made."""
READS = "storage/models/pickles.py"
CHECKS = "storage/models/store.py"


def _trees() -> Iterator[tuple[str, ast.AST]]:
    for room in ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*.py")):
            name = str(path.relative_to(REPOSITORY))
            yield name, ast.parse(path.read_text("utf-8"))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _used(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not ast.unparse(node).startswith(ROUND_TRIP):
            called = node.func
            yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_one_file_can_read_pickles() -> None:
    found = {name for name, tree in _trees() if READERS & set(_imported(tree))}
    assert found == {READS}


def test_only_the_store_has_them_read_and_compares_them_first() -> None:
    found = {name for name, tree in _trees() if LOADING & set(_used(tree))}
    assert found - {READS} == {CHECKS}
    load = _function(REPOSITORY / CHECKS, "load")
    assert [name for name in _used(load) if name in ("read", "unpickled")] == ["read", "unpickled"]


def test_arrays_are_read_without_pickles() -> None:
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.load", "numpy.load"):
                said = {each.arg: ast.unparse(each.value) for each in node.keywords}
                assert said.get("allow_pickle") == "False", f"{name}:{node.lineno}"


def _function(path: Path, name: str) -> ast.AST:
    tree = ast.parse(path.read_text("utf-8"))
    return next(
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == name
    )
