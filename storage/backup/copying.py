"""Copying files with their checksums, while the system goes on changing them."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from storage.backup.manifest import FileEntry

BLOCK_BYTES = 1024 * 1024


def copy_file(source: Path, target: Path) -> FileEntry:
    """Copy one file with its mode, and wait until it is on disk."""
    with source.open("rb") as stream:
        return copy_stream(stream, target, stat.S_IMODE(os.fstat(stream.fileno()).st_mode))


def copy_stream(stream: BinaryIO, target: Path, mode: int = 0o600) -> FileEntry:
    """Copy the rest of an open file, and wait until it is on disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as copy:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
            size += copy.write(block)
        os.fchmod(copy.fileno(), mode)
        copy.flush()
        os.fsync(copy.fileno())
    return FileEntry(size=size, sha256=digest.hexdigest())


def entry_of(path: Path) -> FileEntry:
    """Return size and checksum of a file that lies there already."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return FileEntry(size=os.fstat(stream.fileno()).st_size, sha256=digest)


def files_below(folder: Path, is_left_out: Callable[[Path], bool]) -> Iterator[Path]:
    """Yield the paths of files below ``folder``, relative to it; a folder left out is so with all in it."""
    for parent, folders, names in os.walk(folder, followlinks=True):
        inside = Path(parent).relative_to(folder)
        folders[:] = [name for name in folders if not is_left_out(inside / name)]
        for name in sorted(names):
            path = inside / name
            if not is_left_out(path) and (folder / path).is_file():
                yield path


def flush_folders(folder: Path) -> None:
    """Flush the entries of a folder and of all below it to the disk."""
    for parent, _, _ in os.walk(folder):
        descriptor = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
