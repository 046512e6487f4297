"""Machine code for the row by row work, kept on disk so that only the first process ever compiles."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import config
from numba.core.caching import FunctionCache

from storage.process_lock import in_turn

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

SOURCES = Path(__file__).parents[1]
MARK = "@compiled"
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
    dispatcher = numba.njit(**OPTIONS)(function)
    with suppress(RuntimeError):  # numba's way to say that it found no folder to write to
        dispatcher._cache = InTurnCache(function)
    result: Callable[Parameters, Result] = dispatcher
    return result


class InTurnCache(FunctionCache):  # type: ignore[misc] # numba has no types
    """numba's cache, for one process at a time.

    numba numbers a function's compiled signatures by counting those in its index. Of two processes that save
    different signatures at once, each takes the same number, and from then on one signature runs the other's
    machine code: wrong answers, or a crash.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the machine code for a signature, None if there is none."""
        with in_turn(self._lock):
            return super().load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the machine code for a signature."""
        with in_turn(self._lock):
            super().save_overload(sig, data)

    @property
    def _lock(self) -> Path:
        return Path(self.cache_path) / "lock"


@cache
def _cache_folder() -> Path:
    # numba notices a change of the file that a function is in, but not of the functions that it calls in
    # other files; a folder named by all those files together cannot be out of date.
    digest = hashlib.sha256()
    for source in sorted(SOURCES.rglob("*.py")):
        text = source.read_bytes()
        if MARK.encode() in text:
            digest.update(text)
    return SOURCES / "__pycache__" / digest.hexdigest()[:16]
