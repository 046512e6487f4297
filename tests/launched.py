"""The processes of a running ``make up``, by their names in the Procfile."""

from pathlib import Path

from honcho.environ import parse_procfile

from tests.system import REPOSITORY, children


def launched(launcher: int) -> dict[str, int]:
    """Return the process ids of a launcher's living processes by name."""
    # The service's own command becomes this one.
    commands = {"python -m backend.server": "mlops-api"}
    commands |= {command: name for name, command in procfile().items()}
    found = {}
    for pid in children(launcher):
        command = f"python {' '.join(_words(pid)[1:3])}"
        if command in commands:
            found[commands[command]] = pid
    return found


def procfile() -> dict[str, str]:
    """Return the commands by name."""
    return dict(parse_procfile((REPOSITORY / "Procfile").read_text(encoding="utf-8")).processes)


def family(pid: int) -> list[int]:
    """Return a process and all that it started, as far as they live."""
    return [pid, *(each for child in children(pid) for each in family(child))]


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
