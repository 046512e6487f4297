"""Machine code for the row by row work, kept on disk so that only the first process ever compiles."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, ParamSpec, TypeVar

from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

from storage.process.lock import in_turn
from training.kernels.machine_code import SharedCache, code_folder, keeps_code

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

OPTIONS: dict[str, Any] = {
    "nopython": True,
    "nogil": True,
    "boundscheck": None,
    # Every operation rounds as IEEE 754 says, so that equal distances are equal wherever they are worked out.
    # Letting the compiler fuse a product and a sum saved no time, and broke ties by chance.
    "fastmath": False,
}


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return the function as numba compiles it at its first call; it then runs without the GIL.

    The machine code is kept in the user's cache folder, else beside the sources. Where neither can be
    written, such as in a read-only container, each process takes what is there and compiles the rest.
    """
    return _dispatcher(function, OPTIONS)


def inlined(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return a function that is compiled as a part of the ``compiled`` ones that call it.

    A compiled function is optimised anew, with everything that it calls, within each of its callers: near the
    top, that costs seconds. Below, inlining made one prediction 5 to 9 % slower; measure before using it.
    """
    return _dispatcher(function, OPTIONS | {"inline": "always"})


def _dispatcher(
    function: Callable[Parameters, Result], options: dict[str, Any]
) -> Callable[Parameters, Result]:
    dispatcher = InTurnDispatcher(function, locals={}, targetoptions=options)
    with suppress(RuntimeError):  # numba's way to say that it found no folder to write to
        dispatcher.enable_caching()
    result: Callable[Parameters, Result] = dispatcher
    return result


class InTurnDispatcher(CPUDispatcher):
    """numba's dispatcher, but one process compiles and keeps the code, while others wait and then load it.

    It saves them a minute's work. And numba numbers a function's compiled signatures by counting those in
    its index: of two processes that save different ones at once, each takes the same number, and from then
    on one signature is lost, or runs the other's machine code.
    """

    def enable_caching(self) -> None:
        """Keep the machine code for all processes and checkouts."""
        self._cache = SharedCache(self.py_func)

    def compile(self, signature: Any) -> Any:
        """Load or compile the machine code for a signature."""
        with _turn():
            return super().compile(signature)


@contextmanager
def _turn() -> Iterator[None]:
    # A function compiles those that it calls: only the outermost waits for the turn.
    with global_compiler_lock, ExitStack() as held:
        if not _turn_is_ours:
            if keeps_code() and (folder := code_folder()):
                held.enter_context(in_turn(folder / "lock"))
            _turn_is_ours.append(True)
            held.callback(_turn_is_ours.clear)
        yield


_turn_is_ours: list[bool] = []
"""Of this process, guarded by numba's own lock."""
