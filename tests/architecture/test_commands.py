"""Every command begins alike, and no text is read or written in the encoding of whoever runs it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from tests.system import REPOSITORY

ROOMS = ("storage", "training", "backend", "dashboard")
DEFINITION = "storage.domain.table"
"""Importing it reads the table's definition, and ends the process with one sentence if it is wrong."""
NO_SETTINGS = {
    REPOSITORY / "storage" / "process" / "parent.py",
    REPOSITORY / "training" / "describe" / "__main__.py",
}
"""The first becomes the command that it is given; none of the settings is about what the second writes."""
BECOMES_ANOTHER = NO_SETTINGS | {REPOSITORY / "backend" / "__main__.py"}
"""The second becomes ``backend.server``."""
BEGINNINGS = ("settings_or_exit", "addresses")
"""The second is the dashboard's, which reads its settings once a process."""
OPENING = ("open", "fdopen", "read_text", "write_text", "TextIOWrapper")
PATHLIB = ("open", "read_text", "write_text")


def _files() -> list[Path]:
    return [path for room in ROOMS for path in sorted((REPOSITORY / room).rglob("*.py"))]


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node


def _commands() -> list[Path]:
    return [each for each in _files() if 'if __name__ == "__main__":' in each.read_text("utf-8")]


@pytest.mark.parametrize(
    "path", _commands(), ids=lambda path: str(path.relative_to(REPOSITORY).with_suffix(""))
)
def test_a_command_reads_its_settings_in_the_one_place_that_says_what_is_wrong(path: Path) -> None:
    called = {name for name, _ in _calls(ast.parse(path.read_text("utf-8")))}
    assert path in NO_SETTINGS or called & set(BEGINNINGS), path
    assert "Settings" not in called, f"{path} would show a traceback for a wrong setting"


@pytest.mark.parametrize(
    "path", _commands(), ids=lambda path: str(path.relative_to(REPOSITORY).with_suffix(""))
)
def test_a_command_is_ready_for_ctrl_c_before_it_imports_anything(path: Path) -> None:
    body = ast.parse(path.read_text("utf-8")).body
    first = next(each for each in body if isinstance(each, ast.Import | ast.ImportFrom))
    assert ast.unparse(first) == "import storage.ctrl_c", f"{path} would end with a trace"


def test_a_command_does_not_begin_without_the_tables_definition() -> None:
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    for path in set(_commands()) - BECOMES_ANOTHER:
        module = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        needed = graph.find_upstream_modules(module)
        assert DEFINITION in needed, f"{path} would start, and fail later"


def test_text_files_name_their_encoding() -> None:
    for path in [*_files(), REPOSITORY / "environment.py"]:
        for name, call in _calls(ast.parse(path.read_text("utf-8"))):
            if name in OPENING and _is_text(name, call):
                assert any(each.arg == "encoding" for each in call.keywords), (
                    f"{path}:{call.lineno} uses the encoding of whoever runs it"
                )


def _is_text(name: str, call: ast.Call) -> bool:
    """Whether a call opens a file as text: ours with other objects that open take no mode."""
    if name == "TextIOWrapper":
        return len(call.args) < 2
    if name in ("read_text", "write_text"):
        return True
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(owner, ast.Name) and owner.id == "os" and name == "open":
        return False  # a descriptor
    modes = [*call.args, *(each.value for each in call.keywords if each.arg == "mode")]
    texts = [each.value for each in modes if isinstance(each, ast.Constant)]
    if owner is None or name == "fdopen":
        return not any(isinstance(text, str) and "b" in text for text in texts)
    return any(isinstance(text, str) and text.strip("+") in ("r", "w", "a", "x") for text in texts)
