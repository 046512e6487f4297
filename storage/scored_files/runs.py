"""Files that were scored on the console: what, when and by whom; their results, as long as they are kept."""

import gzip
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from storage.process.atomic_files import write_atomically

MOST_RUNS = 100
MOST_RESULT_BYTES = 500_000_000
"""Of all kept results together, compressed; the oldest are removed first."""
RUN, RESULT, PROBLEMS = "run.json", "result.csv.gz", "problems.csv.gz"
ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class ScoredRun:
    """One file that was scored.

    Attributes
    ----------
    file
        Its name, and its size in bytes.
    person
        Who did it, as far as it is known; empty if not.
    rows, scored, problems
        Rows read, rows scored so far, and problems of the others.
    stopped
        Why it stopped early; None if it was not stopped.
    result_bytes
        Size of the kept result, compressed; 0 when it is not kept any more.
    """

    run_id: str
    file: str
    file_bytes: int
    started_at: datetime
    person: str
    rows: int
    scored: int
    problems: int
    model_versions: tuple[str, ...]
    stopped: str | None = None
    result_bytes: int = 0


def new_run_id() -> str:
    """Return an id that no other run has."""
    return uuid.uuid4().hex


class ScoredRuns:
    """The runs below one folder, which is made with the first of them.

    Parameters
    ----------
    folder
        A folder of its own; each run is a folder in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, run: ScoredRun, result: str, problems: str) -> None:
        """Keep a run, in place of what was kept of it before, and remove what is too much.

        Raises
        ------
        OSError
            If it cannot be written; what was kept before may be incomplete then.
        """
        place = self._folder / run.run_id
        place.mkdir(parents=True, exist_ok=True)
        for name, text in ((RESULT, result), (PROBLEMS, problems)):
            write_atomically(place / name, gzip.compress(text.encode(), compresslevel=5, mtime=0))
        said = asdict(run) | {"started_at": run.started_at.isoformat()}
        write_atomically(place / RUN, json.dumps(said).encode())
        self._remove_too_much()

    def newest(self) -> list[ScoredRun]:
        """Return the runs, newest first; without those that cannot be read."""
        return sorted(self._runs(), key=lambda run: run.started_at, reverse=True)

    def result(self, run_id: str) -> str:
        """Return the scored rows of a run as CSV.

        Raises
        ------
        OSError
            If they are not kept any more.
        """
        return self._text(run_id, RESULT)

    def problems(self, run_id: str) -> str:
        """Return the problems of a run's file as CSV.

        Raises
        ------
        OSError
            If they are not kept any more.
        """
        return self._text(run_id, PROBLEMS)

    def _text(self, run_id: str, name: str) -> str:
        if not ID.fullmatch(run_id):
            raise FileNotFoundError(run_id)
        return gzip.decompress((self._folder / run_id / name).read_bytes()).decode()

    def _runs(self) -> Iterator[ScoredRun]:
        places = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        for place in places:
            run = _read(place)
            if run is not None:
                yield run

    def _remove_too_much(self) -> None:
        kept = 0
        for number, run in enumerate(self.newest()):
            kept += run.result_bytes
            if number >= MOST_RUNS:
                shutil.rmtree(self._folder / run.run_id, ignore_errors=True)
            elif kept > MOST_RESULT_BYTES and number:
                for name in (RESULT, PROBLEMS):
                    (self._folder / run.run_id / name).unlink(missing_ok=True)


def _read(place: Path) -> ScoredRun | None:
    if not ID.fullmatch(place.name):
        return None
    try:
        said = json.loads((place / RUN).read_bytes())
        run = ScoredRun(
            **said
            | {
                "started_at": datetime.fromisoformat(said["started_at"]),
                "model_versions": tuple(said["model_versions"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
    try:
        size = (place / RESULT).stat().st_size
    except OSError:
        size = 0
    return replace(run, run_id=place.name, result_bytes=size)
