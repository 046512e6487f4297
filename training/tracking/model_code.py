"""The code that a logged model brings along, so that MLflow loads it where this project is not.

Our classes are in its pickle by name. Copied are the modules that they are in and all that have compiled
functions, with what these import: 40 files, so that machine code that this machine keeps is used there too
(``training.kernels.machine_code``).
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import copyfile

from storage.domain.definition_file import FILE
from storage.domain.table import BROUGHT_ALONG, FOLDER, TABLE
from storage.models.restored import KINDS
from training.kernels.machine_code import DEFINITION, MARKS, SOURCES

PROJECT = SOURCES.parent
MODEL_REQUIREMENTS = (
    "scikit-learn",
    "numpy",
    "numba",
    "cloudpickle",
    "pydantic",
    "python-dotenv",
    "pandas",
)
"""What the code that a model brings along imports, and what unpickles it."""
IMPORTED = re.compile(
    r"^ *from ((?:storage|training)(?:\.\w+)+) import (\([^)]*\)|.*)", re.MULTILINE
)


def copied_code(folder: Path) -> list[str]:
    """Copy the code into an existing folder; return its packages, as MLflow takes ``code_paths``."""
    copies = [(path, path.relative_to(PROJECT)) for path in (*code_files(), DEFINITION)]
    own = BROUGHT_ALONG.relative_to(PROJECT)
    outline = [TABLE.place.outline] if TABLE.place is not None and TABLE.place.outline else []
    of_table = [(FOLDER / name, own / name) for name in (FILE, *outline)]
    for path, target in [*copies, *of_table]:
        copy = folder / target
        copy.parent.mkdir(parents=True, exist_ok=True)
        copyfile(path, copy)
    return sorted(str(package) for package in folder.iterdir())


def code_files() -> set[Path]:
    """Return the files, with those that make their folders packages."""
    waiting = [path for path in SOURCES.rglob("*.py") if any(map(path.read_bytes().count, MARKS))]
    waiting += _files_of(kind.module for kind in KINDS.values())
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _files_of(_modules_in(path.read_text(encoding="utf-8")))
    packages = {init for path in found for init in _packages_of(path)}
    return found | packages


def _modules_in(code: str) -> Iterator[str]:
    """Yield the modules of ours that code imports from, or by name out of their package."""
    for module, names in IMPORTED.findall(code):
        if PROJECT.joinpath(*module.split(".")).is_dir():
            listed = names.strip("()").split(",")
            yield from (f"{module}.{name.split()[0]}" for name in listed if name.strip())
        else:
            yield module


def _files_of(modules: Iterable[str]) -> Iterator[Path]:
    for module in modules:
        yield PROJECT.joinpath(*module.split(".")).with_suffix(".py")


def _packages_of(path: Path) -> Iterator[Path]:
    for folder in path.relative_to(PROJECT).parents[:-1]:
        yield PROJECT / folder / "__init__.py"
