"""Replace a file so that a reader sees the old content or the new, never a partial file."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

READABLE = 0o644
READ_ONLY = 0o444


def write_atomically(
    path: Path, content: bytes, *, durable: bool = True, mode: int = READABLE
) -> None:
    """Replace ``path`` with ``content``; atomic and, if so wished, durable.

    The content goes to a temporary file beside it, is flushed to the disk, renamed, and the folder is
    flushed too, so that after a crash the file holds the old content or the new.
    """
    make_folder(path.parent)
    with atomic_replacement(path, durable=durable, mode=mode) as temporary:
        temporary.write_bytes(content)


@contextmanager
def atomic_replacement(path: Path, *, durable: bool = True, mode: int = READABLE) -> Iterator[Path]:
    """Provide a temporary file beside ``path`` for writing; it replaces ``path`` at the end.

    Atomic and durable like ``write_atomically``, for content written piece by piece; after an error, ``path``
    is unchanged and the temporary file is removed. Without ``durable`` it is not waited for the disk.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        yield temporary
        os.fchmod(descriptor, mode)  # not before: one that is read-only could not be written
        if durable:
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    if durable:
        flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it, if they are missing, so that they survive a power cut."""
    if folder.is_dir():
        return
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in made:
        # A folder that may be entered but not listed cannot be opened.
        with suppress(PermissionError):
            flush_folder(each.parent)
