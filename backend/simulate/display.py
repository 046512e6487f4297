"""Shows the progress of a simulation: a bar on a terminal, a line at intervals elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from backend.simulate.tally import Counts, Tally

LINE_SECONDS = 5.0


class TrafficDisplay:
    """Called several times a second with the progress of the simulation."""

    def __init__(self, tally: Tally, console: Console, progress: Progress, seconds: float) -> None:
        self._tally = tally
        self._console = console
        self._progress = progress
        self._task = progress.add_task("starting", total=seconds, counts="")
        self._next_line = 0.0

    def look(self, elapsed: float, scenario: str) -> None:
        """Show the counts; ``elapsed`` in seconds since the start."""
        text = describe(self._tally.counts, self._tally.rows_per_second(time.monotonic()))
        self._progress.update(self._task, completed=elapsed, description=scenario, counts=text)
        if not self._console.is_terminal and elapsed >= self._next_line:
            self._next_line = elapsed + LINE_SECONDS
            line = f"[{elapsed:5.1f} s] {scenario}: {text}"
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def describe(counts: Counts, rows_per_second: float) -> str:
    """Return the counts as one line.

    >>> describe(Counts(answered=9, answered_rows=20, refused=1), 12.0)
    'sent 10, failed 0, refused 1, 12.0 rows/s'
    """
    labels = f", labels {counts.labels:,}" if counts.labels else ""
    return (
        f"sent {counts.sent:,}, failed {counts.failed_attempts:,}, refused {counts.refused:,}, "
        f"{rows_per_second:.1f} rows/s{labels}"
    )


def conclusion(tally: Tally) -> str:
    """Return what came of all traffic, with the last problem if there was one."""
    counts = tally.counts
    said = (
        f"Answered {counts.answered:,} requests with {counts.answered_rows:,} rows; "
        f"refused {counts.refused:,}; failed attempts {counts.failed_attempts:,}; "
        f"given up {counts.given_up:,}; skipped {counts.left_out:,}; labels sent {counts.labels:,}."
    )
    return f"{said}\nLast problem: {tally.last_problem}" if tally.last_problem else said


@contextmanager
def traffic_display(tally: Tally, console: Console, seconds: float) -> Iterator[TrafficDisplay]:
    """Show the progress of a simulation of ``seconds``."""
    columns = (
        TextColumn("{task.description:<13}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=console, disable=not console.is_terminal)
    with progress:
        yield TrafficDisplay(tally, console, progress, seconds)
