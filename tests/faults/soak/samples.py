"""What a running system holds: memory and descriptors of each process, spool and journal; and its table."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from storage.paths import RuntimePaths
from tests.launched import family, launched

WARM_SECONDS = 600.0
"""Until then caches fill, such as the log-writer's 64 MB of pages."""
COMPARED_SECONDS = 600.0
"""Longer than a round of all kills, so that each process was young and old within it."""
GROWN_SHARE = 1.15
"""Of the largest figure in the time after the warming, above which something grows."""
SLACK = {"MB": 15.0, "files": 20.0, "spool kB": 64_000.0, "WAL MB": 10.0}
"""Growth that is none: what a kill happened to interrupt, and spool files within their limits."""


@dataclass(frozen=True)
class Sample:
    """One look, or the largest figures of several.

    Attributes
    ----------
    answered
        Requests answered 200 since the start.
    held
        Figures by name: ``mlops-api MB`` (memory of a process and its children that is no file's; pages that
        they share count once), ``mlops-api files`` (descriptors), ``spool kB`` and ``WAL MB``.
    """

    seconds: float
    answered: int
    held: dict[str, float]

    def joined(self, later: "Sample") -> "Sample":
        """Return the largest figures of both, at the later time."""
        names = [*self.held, *(name for name in later.held if name not in self.held)]
        held = {name: max(self.held.get(name, 0.0), later.held.get(name, 0.0)) for name in names}
        return Sample(later.seconds, later.answered, held)


def look(launcher: int, paths: RuntimePaths, seconds: float, answered: int) -> Sample:
    """Look at a running system."""
    held: dict[str, float] = {}
    families = {name: family(pid) for name, pid in sorted(launched(launcher).items())}
    for name, processes in {"make up": [launcher], **families}.items():
        held[f"{name} MB"] = sum(map(_megabytes, processes))
        held[f"{name} files"] = sum(map(_descriptors, processes))
    held["spool kB"] = sum(map(_bytes, paths.spool.glob("*"))) / 1e3
    held["WAL MB"] = _bytes(Path(f"{paths.database}-wal")) / 1e6
    return Sample(seconds, answered, held)


def parts(samples: Sequence[Sample], number: int, seconds: float) -> list[Sample]:
    """Return the largest figures in each of so many parts of the time."""
    found: dict[int, Sample] = {}
    for sample in samples:
        part = min(int(sample.seconds * number / seconds), number - 1)
        found[part] = found[part].joined(sample) if part in found else sample
    return [found[part] for part in sorted(found)]


def grown(samples: Sequence[Sample]) -> list[str]:
    """Say what was larger at the end than after ten minutes; nothing of a run that is too short to say."""
    warm = [sample for sample in samples if sample.seconds > WARM_SECONDS]
    if len(warm) < 2:
        return []
    begin, end = warm[0].seconds, warm[-1].seconds
    length = min(COMPARED_SECONDS, (end - begin) / 2)
    first = _largest(sample for sample in warm if sample.seconds <= begin + length)
    last = _largest(sample for sample in warm if sample.seconds > end - length)
    return [
        f"{name} grew from {held:.0f} to {last[name]:.0f}"
        for name, held in first.items()
        if last.get(name, 0.0) > held * GROWN_SHARE + SLACK[_unit(name)]
    ]


def table(rows: Sequence[Sample]) -> str:
    """Return the figures as text: a line for each part of the time."""
    names = list(rows[0].held) if rows else []
    head = ["minutes", "answered", "per s", *names]
    lines = [head]
    before = Sample(0.0, 0, {})
    for row in rows:
        rate = (row.answered - before.answered) / max(1e-9, row.seconds - before.seconds)
        figures = [f"{row.held.get(name, 0.0):,.0f}" for name in names]
        lines.append([f"{row.seconds / 60:.1f}", f"{row.answered:,}", f"{rate:.0f}", *figures])
        before = row
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def _largest(samples: Iterable[Sample]) -> dict[str, float]:
    return reduce(Sample.joined, samples).held


def _unit(name: str) -> str:
    return name if name in SLACK else name.rpartition(" ")[2]


def _megabytes(pid: int) -> float:
    kibibytes = 0
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
            if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                kibibytes += int(line.split()[1])
    return kibibytes * 1024 / 1e6


def _descriptors(pid: int) -> int:
    with suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return 0


def _bytes(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size if path.is_file() else 0
    return 0
