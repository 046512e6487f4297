"""Real processes for tests: start them, wait until they answer, stop or kill them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from tests.warm_parent import WARM, WarmProgram

REPOSITORY = Path(__file__).resolve().parent.parent
PORTS_OF_EACH = 1_000
PYTEST_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 12
PORTS = cycle(range(20_000, 32_000)[PYTEST_PROCESS * PORTS_OF_EACH :][:PORTS_OF_EACH])
START_SECONDS = 60.0
STOP_SECONDS = 10.0
FINISH_SECONDS = 240.0
PAGE_SECONDS = 60
Program = subprocess.Popen[bytes] | WarmProgram
Ended = subprocess.CompletedProcess[str]
Value = TypeVar("Value")


def clean_environment(**settings: str) -> dict[str, str]:
    """Return this process's environment with only the given HOUSING_ settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOUSING_")}
    return kept | {"PYTHONUNBUFFERED": "1"} | settings


def finished(option: str, program: object, *arguments: object, **settings: str) -> Ended:
    """Run Python with "-m" or "-c", a program, its arguments and only these HOUSING_ settings until it ends.

    The libraries are imported already, and nothing of the project is: see ``tests.warm_parent``.
    """
    words, own = [str(each) for each in arguments], clean_environment(**settings)
    with TemporaryDirectory() as folder:
        output, errors, script = (Path(folder, name) for name in ("output", "errors", "script.py"))
        if option == "-c":
            script.write_text(str(program), encoding="utf-8")
        module = str(script if option == "-c" else program)
        process = WarmProgram(module, words, REPOSITORY, own, output, errors, imports_ours=True)
        try:
            code = process.wait(FINISH_SECONDS)
        finally:
            stop_group(process)
        said, complained = (path.read_text(encoding="utf-8") for path in (output, errors))
    return subprocess.CompletedProcess([module, *words], code, said, complained)


def finished_cold(*arguments: object, **settings: str) -> Ended:
    """Run it as ``finished`` does, but with its own imports, as for a person."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=REPOSITORY,
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=FINISH_SECONDS,
    )


def said_by(option: str, program: object, *arguments: object, **settings: str) -> str:
    """Return what such a run printed; it must succeed."""
    done = finished(option, program, *arguments, **settings)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def wait_for(
    condition: Callable[[], Value | None], seconds: float = START_SECONDS, what: str = "condition"
) -> Value:
    """Return the first true value of ``condition``; fail, naming it, when none came in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"Waited {seconds:g} s in vain for: {what}")


def free_port(ports: Iterator[int] = PORTS) -> int:
    """Return a port that nothing listens on now, the next one of the ``ports``.

    It is below those that the kernel gives to outgoing connections, and each pytest process has ports of its
    own, of which none comes again soon: now and then another would take it before the test does.
    """
    while True:
        port = next(ports)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def copied_runtime(trained: Path, runtime: Path) -> Path:
    """Copy the trained versions of a runtime folder, and nothing that was recorded; return the copy."""
    for name in ("models", "data"):
        shutil.copytree(trained / name, runtime / name)
    return runtime


@contextmanager
def running(module: str, log: Path, *arguments: str, **settings: str) -> Iterator[Program]:
    """Run ``python -m module`` in a process group of its own; stop the whole group at the end."""
    with _until_stopped(started(module, log, arguments, clean_environment(**settings))) as process:
        yield process


@contextmanager
def running_cold(module: str, log: Path, *arguments: str, **settings: str) -> Iterator[Program]:
    """Run it as ``running`` does, but with its own imports, as for a person."""
    own = clean_environment(**settings)
    with _until_stopped(started_cold(module, log, arguments, own)) as process:
        yield process


@contextmanager
def _until_stopped(process: Program) -> Iterator[Program]:
    try:
        yield process
    finally:
        stop_group(process)


def started(
    module: str, log: Path, arguments: Sequence[str], environment: dict[str, str]
) -> Program:
    """Start a program whose imports are done, if the warm parent has done them."""
    if module not in WARM:
        return started_cold(module, log, arguments, environment)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    return WarmProgram(module, arguments, REPOSITORY, environment, log)


def started_cold(
    module: str,
    log: Path,
    arguments: Sequence[str],
    environment: dict[str, str],
    prefix: Sequence[str] = (),
) -> Program:
    """Start ``python -m module``, optionally by another program, in a process group of its own."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [*prefix, sys.executable, "-m", module, *arguments],
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop_group(process: Program) -> None:
    """Stop a process group politely, then for good."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(STOP_SECONDS)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait(STOP_SECONDS)


def bearer(key: str) -> dict[str, str]:
    """Return the header that carries a key."""
    return {"Authorization": f"Bearer {key}"}


def children(parent: int) -> list[int]:
    """Return the process ids of a process's living children: without those it has yet to bury."""
    found: list[int] = []
    with suppress(
        FileNotFoundError, ProcessLookupError
    ):  # the process, or a thread of it, has ended
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, task.read_text().split())
    return [pid for pid in found if lives(pid)]


def lives(pid: int) -> bool:
    """Whether a process runs; False for one that is only waiting to be buried.

    One whose first thread has ended still holds its files and locks until the last one has.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    state, threads = fields[0], int(fields[17])
    return state not in "ZX" or threads > 1
