"""Programs forked from a parent that has done their imports, which otherwise take most of a short test.

They are processes like any other, in a group of their own, with their own environment, log and exit code:
only the start differs from ``python -m``. The tests of the launcher start everything as a person does.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import NoReturn

IMPORTS = "tests.warm_imports"
WARM = frozenset(
    {
        "backend",
        "backend.monitor",
        "backend.simulate",
        "storage.log_writer",
        "tests.small_worker",
        "training.mlflow_server",
        "training.worker",
    }
)
"""The programs whose imports it has done."""
OURS = frozenset({"storage", "training", "backend", "dashboard", "tests"})
"""What a program of another table imports itself, as its definition is read by then."""


class WarmProgram:
    """A running program, with what tests use of ``subprocess.Popen``.

    Its errors go into the log, unless they have a file of their own. One that ``imports_ours`` has only the
    libraries from its parent: it may be of another table, and any module or the path of a script.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        folder: Path,
        environment: dict[str, str],
        log: Path,
        errors: Path | None = None,
        *,
        imports_ours: bool = False,
    ) -> None:
        self._name = f"{module} {' '.join(arguments)}"
        become = _become_anew if imports_ours else _become
        with chdir(folder):
            self._process = forked(
                become, module, arguments, folder, environment, log, errors or log
            )
        while self.poll() is None and not _leads_its_group(self.pid):
            time.sleep(0.001)

    @property
    def pid(self) -> int:
        """The process id, and that of its group."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it has ended.

        Raises
        ------
        subprocess.TimeoutExpired
            If it still runs after ``timeout`` seconds.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._name, timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it with -9."""
        self.send_signal(signal.SIGKILL)


def forked(function: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """Call a function in a process that is forked from the warm parent, of which there is one for all."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([IMPORTS])
    process = context.Process(target=function, args=arguments)
    with _without_main():
        process.start()
    return process


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep multiprocessing from importing this process's program: pytest, or a page that was just shown."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _leads_its_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def _become_anew(
    module: str,
    arguments: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    log: Path,
    errors: Path,
) -> None:
    """Do what ``_become`` does, but import the project's modules anew, from its own folders first."""
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    own = [name for name in environment.get("PYTHONPATH", "").split(os.pathsep) if name]
    sys.path[:0] = [str(folder), *own]
    _become(module, arguments, folder, environment, log, errors)


def _become(
    module: str,
    arguments: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    log: Path,
    errors: Path,
) -> None:
    """Do in this process what ``python -m module`` does in a new one."""
    # Its parent has set this, too, when it imported MLflow.
    from training.tracking.quiet_mlflow import MLFLOW_ENVIRONMENT

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(MLFLOW_ENVIRONMENT | environment)
    for path, stream in ((log, sys.stdout), (errors, sys.stderr)):
        output = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(output, stream.fileno())
        os.close(output)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.execv = _go_on  # type: ignore[assignment]
    sys.argv = [module, *arguments]
    if module.endswith(".py"):
        runpy.run_path(module, run_name="__main__")
    else:
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def _go_on(_program: str, words: list[str]) -> NoReturn:
    """Run the program that would replace this one, which has its imports done too."""
    module, *arguments = words[words.index("-m") + 1 :]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    raise SystemExit
