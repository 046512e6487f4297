"""A disk that forgets in a power cut what nobody asked it to keep.

While it is in use, each ``os.fsync`` of this process is noted: of a file the content it had then, of a folder
the names in it. ``after_power_cut`` builds what a disk is sure to have then. That is the least that POSIX
promises. A real disk mostly has more, in any mixture, so tests look at the two ends of it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

Forgets = Literal["all", "contents"]
"""All that was not flushed; or contents only, as if every name, rename and removal had reached the disk."""
FORGETS: tuple[Forgets, ...] = ("all", "contents")


class Entry(NamedTuple):
    """A file or folder, whatever its name is."""

    device: int
    inode: int
    is_folder: bool


Names = Mapping[Entry, Mapping[str, Entry]]


class LazyDisk:
    """What has been flushed below one folder; ``on_flush`` is called before each flush takes effect."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._contents: dict[Entry, bytes] = {}
        self._names: dict[Entry, dict[str, Entry]] = {}
        self._held: dict[Entry, int] = {}
        self.flushes = 0
        self.on_flush: Callable[[], object] = lambda: None

    def flushed(self, descriptor: int) -> None:
        """Note what a descriptor leads to."""
        self.on_flush()
        self.flushes += 1
        self._keep(Path(f"/proc/self/fd/{descriptor}"))

    def keep_everything(self) -> None:
        """Note all that there is, as after a long rest."""
        for folder, _, files in os.walk(self._root):
            for path in (Path(folder), *(Path(folder, name) for name in files)):
                self._keep(path)

    def after_power_cut(self, target: Path, forgets: Forgets) -> Path:
        """Build in ``target`` what is left of the folder; return it."""
        names = self._names if forgets == "all" else self._names_now()
        self._build(self._entry(self._root), target, names)
        return target

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in self._held.values():
            os.close(descriptor)

    def _keep(self, path: Path) -> None:
        entry = self._entry(path)
        if entry.is_folder:
            self._names[entry] = self._names_in(path)
        else:
            self._contents[entry] = path.read_bytes()

    def _names_in(self, folder: Path) -> dict[str, Entry]:
        return {path.name: self._entry(path) for path in folder.iterdir()}

    def _names_now(self) -> Names:
        folders = [Path(folder) for folder, _, _ in os.walk(self._root)]
        return {self._entry(folder): self._names_in(folder) for folder in folders}

    def _entry(self, path: Path) -> Entry:
        status = path.stat()
        entry = Entry(status.st_dev, status.st_ino, path.is_dir())
        if (
            entry not in self._held
        ):  # the number of a file that nobody holds is given to another one
            self._held[entry] = os.open(path, os.O_RDONLY)
        return entry

    def _build(self, folder: Entry, target: Path, names: Names) -> None:
        target.mkdir()
        for name, entry in names.get(folder, {}).items():
            if entry.is_folder:
                self._build(entry, target / name, names)
            else:
                (target / name).write_bytes(self._contents.get(entry, b""))


@contextmanager
def lazy_disk(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LazyDisk]:
    """Put a lazy disk under a folder that exists; what it holds then is kept."""
    disk = LazyDisk(root)
    disk.keep_everything()
    flush = os.fsync

    def noted(descriptor: int) -> None:
        disk.flushed(descriptor)
        flush(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", noted)
        yield disk
    disk.close()
