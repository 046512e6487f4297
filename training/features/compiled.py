"""Machine code for the row by row work, kept on disk so that only the first process ever compiles."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import config

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

SOURCES = Path(__file__).parent
OPTIONS: dict[str, Any] = {
    "nogil": True,
    # A product and a sum may become one instruction: sooner, and rounded once instead of twice.
    "fastmath": {"contract"},
}


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return the function as numba compiles it at its first call; it then runs without the GIL.

    The machine code is kept beside the sources, else in the user's cache folder. Where neither can be
    written, such as in a read-only container, each process compiles for itself.
    """
    usual_folder = config.CACHE_DIR
    config.CACHE_DIR = usual_folder or str(_cache_folder())
    try:
        return _compile(function)
    finally:
        config.CACHE_DIR = usual_folder


def _compile(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    try:
        result: Callable[Parameters, Result] = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # numba's way to say that it found no folder to write to
        result = numba.njit(**OPTIONS)(function)
    return result


@cache
def _cache_folder() -> Path:
    # numba notices a change of the file that a function is in, but not of the functions that it calls in
    # other files; a folder named by all the sources together cannot be out of date.
    digest = hashlib.sha256()
    for source in sorted(SOURCES.glob("*.py")):
        digest.update(source.read_bytes())
    return SOURCES / "__pycache__" / digest.hexdigest()[:16]
