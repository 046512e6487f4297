"""Which code trains here: the commit that is checked out, and a checksum of the files themselves."""

import hashlib
import subprocess
from functools import cache
from pathlib import Path

from storage.schema.manifest import TrainingCode

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("storage", "training")
PATIENCE_SECONDS = 5.0


@cache
def training_code() -> TrainingCode:
    """Return the code, as it is when this process first asks."""
    return TrainingCode(commit=_commit(), sha256=_checksum())


def _commit() -> str | None:
    """Return the commit; None without git, or where the product is no checkout of its own."""
    command = ["git", "-C", str(PROJECT), "rev-parse", "--show-toplevel", "HEAD"]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    folder, commit = told.stdout.splitlines()
    # A package that is installed inside another project's checkout is not that project.
    return commit if Path(folder).resolve() == PROJECT else None


def _checksum() -> str:
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            digest.update(f"{path.relative_to(PROJECT)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
