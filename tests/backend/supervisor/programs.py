"""A supervisor of a few shell commands, as a program: ``python -m tests.backend.supervisor.programs``."""

import os
import sys
from pathlib import Path

from backend.supervisor.supervisor import Supervisor
from backend.supervisor.watched import Program


def supervisor_of(
    folder: Path, scripts: dict[str, str], secrets: tuple[str, ...] = ()
) -> Supervisor:
    """Return a supervisor of shell scripts by name, that keeps its states in ``folder``."""
    programs = [
        Program(name, ["/bin/sh", "-c", script], os.environ, Path.cwd())
        for name, script in scripts.items()
    ]
    return Supervisor(programs, folder / "states.json", secrets)


if __name__ == "__main__":
    pairs = (argument.partition("=") for argument in sys.argv[2:])
    supervisor_of(Path(sys.argv[1]), {name: script for name, _, script in pairs}).run()
    os._exit(0)  # as the launcher does
