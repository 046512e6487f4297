"""How many threads a fit is worth."""

from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

FEWEST_ROWS = 50_000
"""Below, a fit takes one thread: threads of trees on a small table meet at thousands of barriers.

On 13,212 rows and two cores, histogram gradient boosting took 2.5 s with one thread and 1.8 to 24 s with two:
long where a waiting thread sleeps and its core has to be woken. The model is the same to the last bit.
"""


def fitting_threads(rows: int, threads: int | None = None) -> Any:
    """Return a context in which libraries use one thread for few rows, else ``threads`` (None: any)."""
    return threadpool_limits(limits=threads_for(rows, threads))


def threads_for(rows: int, threads: int | None) -> int | None:
    """Return how many threads so many rows are worth."""
    return 1 if rows < FEWEST_ROWS else threads
