"""What a logged model brings along is enough to load it, and uses the machine code that is kept."""

import ast
import sys
from pathlib import Path

from storage.domain.definition_file import EMBEDDED, FILE
from storage.domain.table import FOLDER
from training.kernels.machine_code import SOURCES, checksum
from training.tracking.model_code import MODEL_REQUIREMENTS, PROJECT, code_files, copied_code

OURS = ("storage", "training")
REQUIRED = {
    "sklearn": "scikit-learn",
    "scipy": "scikit-learn",
    "llvmlite": "numba",
    "pydantic_core": "pydantic",
    "dotenv": "python-dotenv",
}
"""What brings a module along, where its name is another."""


def imports_of(path: Path) -> set[str]:
    """Return the modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            module = str(node.module)
            is_package = PROJECT.joinpath(*module.split(".")).is_dir()
            names = {f"{module}.{alias.name}" for alias in node.names}
            found |= names if is_package and module.startswith(OURS) else {module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_all_that_it_imports_is_there_or_required() -> None:
    files = code_files()
    for path in files:
        for module in imports_of(path) if path.suffix == ".py" else ():
            root = module.split(".")[0]
            if root in OURS:
                assert PROJECT.joinpath(*module.split(".")).with_suffix(".py") in files, (
                    path,
                    module,
                )
            elif root not in sys.stdlib_module_names:
                assert REQUIRED.get(root, root) in MODEL_REQUIREMENTS, (path, module)


def test_its_machine_code_is_that_of_the_project(tmp_path: Path) -> None:
    assert [Path(package).name for package in copied_code(tmp_path)] == list(OURS)
    domain = tmp_path / "storage" / "domain"
    assert (domain / "own_table" / FILE).read_bytes() == (FOLDER / FILE).read_bytes()
    assert checksum(tmp_path / "training", domain / EMBEDDED.name / FILE) == checksum(SOURCES)
    assert len(list(tmp_path.rglob("*.py"))) < 80
