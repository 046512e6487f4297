"""Where compiled machine code is kept: one folder for all checkouts, named by what the code is made of."""

import hashlib
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from shutil import rmtree
from types import FunctionType
from typing import Any, Self

import llvmlite
import numba
from numba.core import config
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

from storage.domain.definition_file import EMBEDDED, FILE

logger = logging.getLogger(__name__)

SOURCES = Path(__file__).parents[1]
DEFINITION = EMBEDDED / FILE
"""The embedded table's own features have constants from it. What answers for every table has none."""
MARKS = (b"@compiled", b"@inlined")
IMPORTED = re.compile(rb"^from ((?:storage|training)\.[\w.]+) import (\([^)]*\)|.*)$", re.MULTILINE)
BECOMES_CODE = re.compile(rb"\b(?:[A-Z][A-Z0-9_]+|compiled|inlined)\b")
"""Constants, and what compiles with its options."""
APPLICATION = "california-housing"
NAME = re.compile("[0-9a-f]{16}")
UNUSED_SECONDS = 30 * 24 * 3600.0
"""So long after its last use, a folder is removed."""


@cache
def code_folder() -> Path | None:
    """Return the folder of today's code; None where none can be written to and none holds any."""
    name = checksum(SOURCES)
    usable = (usable_folder(parent, name) for parent in _parents())
    folders = (parent / name for parent in _parents())
    return next(filter(None, usable), None) or next(filter(_holds_code, folders), None)


@cache
def keeps_code() -> bool:
    """Whether what is compiled now is kept; False in a read-only image, though it may bring code along."""
    folder = code_folder()
    return folder is not None and usable_folder(folder.parent, folder.name) is not None


def is_compiled() -> bool:
    """Whether machine code of these sources was kept, by any process before this one."""
    folder = code_folder()
    return folder is not None and _holds_code(folder)


def why_not_kept() -> str | None:
    """Return what to do where machine code is compiled by each process anew; None where it is kept."""
    if keeps_code() or (is_compiled() and not _compiled_in_vain):
        return None
    return (
        f"Machine code cannot be kept, as {next(_parents())} cannot be written: each process compiles it for "
        "itself, which takes a minute or two at its start. Set NUMBA_CACHE_DIR to a folder that can be "
        "written."
    )


def _holds_code(folder: Path) -> bool:
    return any(folder.glob("*.nbi"))


def _parents() -> Iterator[Path]:
    if config.CACHE_DIR:
        yield Path(config.CACHE_DIR)
        return
    with suppress(RuntimeError):  # no home folder
        user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        yield Path(user) / APPLICATION / "machine-code"
    yield SOURCES / "__pycache__"


def usable_folder(parent: Path, name: str) -> Path | None:
    """Make a folder and remove those beside it that were unused for a month; None if it cannot be written."""
    folder = parent / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        os.utime(folder)
    except OSError:
        return None
    with suppress(OSError):  # another process removes them too
        for other in parent.iterdir():
            if NAME.fullmatch(other.name) and time.time() - other.stat().st_mtime > UNUSED_SECONDS:
                rmtree(other)
    return folder


def checksum(sources: Path, definition: Path = DEFINITION) -> str:
    """Return the checksum of all sources with compiled functions, and of what their constants come from.

    That is the modules that they import them from, and the embedded table's definition.

    numba notices a change of the file that a function is in, but not of a function or a constant that
    comes from another. Nothing else that is imported becomes part of the machine code, so that most changes
    of the project leave it as it is.
    """
    versions = f"{sys.version_info[:2]} {numba.__version__} {llvmlite.__version__}"
    digest = hashlib.sha256(versions.encode())
    for text in (*_texts(sources), definition.read_bytes()):
        digest.update(text)
    return digest.hexdigest()[:16]


def _texts(sources: Path) -> Iterator[bytes]:
    marked = (path for path in sorted(sources.rglob("*.py")) if _is_marked(path.read_bytes()))
    waiting, seen = list(marked), set[Path]()
    while waiting:
        path = waiting.pop(0)
        if path not in seen and path.is_file():  # a package has none of its own
            seen.add(path)
            text = path.read_bytes()
            yield text
            waiting += _imported(text, sources.parent)


def _is_marked(text: bytes) -> bool:
    return any(mark in text for mark in MARKS)


def _imported(text: bytes, root: Path) -> list[Path]:
    found = IMPORTED.findall(text)
    modules = (name.decode().split(".") for name, what in found if BECOMES_CODE.search(what))
    return [root.joinpath(*names).with_suffix(".py") for names in modules]


class ContentLocator(_CacheLocator):
    """Finds a function's code by its module and its file's text, wherever that file lies and however old."""

    def __init__(self, function: FunctionType, source: str, folder: Path) -> None:
        self._folder = folder
        self._line = function.__code__.co_firstlineno
        self._module = function.__module__
        self._stamp = hashlib.sha256(Path(source).read_bytes()).hexdigest()
        self._py_file = source  # numba names it in its warnings

    @classmethod
    def from_function(cls, py_func: FunctionType, py_file: str) -> Self | None:
        """Return the locator, or None where code cannot be kept."""
        folder = code_folder()
        return None if folder is None else cls(py_func, py_file, folder)

    def get_cache_path(self) -> str:
        """Return the folder."""
        return str(self._folder)

    def get_source_stamp(self) -> str:
        """Return the checksum of the function's file."""
        return self._stamp

    def get_disambiguator(self) -> str:
        """Return what tells functions of one name apart."""
        origin = hashlib.sha256(f"{self._module} {self._stamp}".encode()).hexdigest()[:16]
        return f"{self._line}-{origin}"


class _SharedCode(CompileResultCacheImpl):
    _locator_classes = (ContentLocator,)


class SharedCache(FunctionCache):
    """numba's cache of a function's machine code, kept for all checkouts of the same sources."""

    _impl_class: Any = _SharedCode

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the machine code for a signature, or say once that it cannot be kept."""
        if keeps_code():
            super().save_overload(sig, data)
        elif not _compiled_in_vain:
            _compiled_in_vain.append(True)
            logger.warning("%s", why_not_kept())


_compiled_in_vain: list[bool] = []
"""Not empty once this process compiled what it could not keep."""
