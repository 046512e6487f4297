"""A process that ends with its parent: a supervisor or server killed by kill -9 leaves nothing running.

``python -m storage.process.parent PID COMMAND…`` becomes the command, which is then asked to stop (SIGTERM)
as soon as the process PID has ended. Only Linux can do this; elsewhere the command just runs.
"""

import storage.ctrl_c

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Of prctl(2). The setting survives an exec, and is not passed on to children."""


def end_with_parent(parent: int) -> None:
    """Have this process get SIGTERM when ``parent`` ends, or now if it has ended already."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    # Between the fork and the line above nobody was watching.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def tied_command(command: list[str]) -> list[str]:
    """Return a command that runs ``command`` as a child of this process for as long as this one lives."""
    return [sys.executable, "-m", "storage.process.parent", str(os.getpid()), *command]


def main() -> None:
    """Tie this process to its parent, then become the command."""
    parent, *command = sys.argv[1:]
    end_with_parent(int(parent))
    try:
        os.execvp(command[0], command)
    except OSError as error:
        raise SystemExit(f"{command[0]} cannot be started ({error.strerror}).") from error


if __name__ == "__main__":
    main()
