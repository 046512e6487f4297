"""The runtime folder is usable, or one sentence says what to do: checked when a command starts."""

import os
from pathlib import Path

from storage.paths import RuntimePaths


def refuse_unusable(paths: RuntimePaths, *, writes: bool) -> None:
    """End the process with one sentence if the runtime folder cannot be used.

    A command that ``writes`` creates it. The folders of database and models are left out: the service goes on
    without writing there, and whoever writes there says so itself.
    """
    reason = _made(paths.root) if writes else None
    if reason is not None:
        raise _unusable(paths.root, reason)
    needed = os.R_OK | os.X_OK | (os.W_OK if writes else 0)
    for folder in (paths.root, *(_written_by_all(paths) if writes else ())):
        reason = _reason_against(folder, needed)
        if reason is not None:
            raise _unusable(folder, reason)


def _written_by_all(paths: RuntimePaths) -> tuple[Path, ...]:
    processes = paths.api_lock.parent
    audit = paths.audit_log.parent
    return paths.spool, paths.triggers, audit, processes, paths.prometheus, paths.reports


def _made(folder: Path) -> str | None:
    """Make the folder; return why not, or None."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        return "it is not a folder"
    except NotADirectoryError:
        return "a part of this path is not a folder"
    except OSError as error:
        return f"it cannot be created: {error.strerror}"
    return None


def _reason_against(folder: Path, needed: int) -> str | None:
    try:
        folder.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return str(error.strerror)
    if not folder.is_dir():
        return "it is not a folder"
    if not os.access(folder, needed):
        return "this user may not write there" if needed & os.W_OK else "this user may not read it"
    return None


def _unusable(folder: Path, reason: str) -> SystemExit:
    return SystemExit(
        f"{folder} cannot be used ({reason}): fix its permissions or move it away, or set "
        "HOUSING_RUNTIME_DIRECTORY to another folder."
    )
