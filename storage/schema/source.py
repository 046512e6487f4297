"""Whose traffic a prediction or a request is.

Monitoring, retraining and the shadow see what customers ask, so that a probe that repeats one row, an
operator's what-if or a simulation neither raises an alarm nor teaches a model.
"""

from collections.abc import Collection, Sequence
from typing import Literal, get_args

Source = Literal["client", "console", "batch", "probe", "simulation", "shadow"]
"""A client's request, an operator's in the console, a batch job's, the monitor's, the simulator's, or a copy
of traffic that another system answers."""

SOURCE = "source"
"""The name of its column."""
CLIENT: Source = "client"
"""Of whoever says nothing else."""
PROBE: Source = "probe"
"""Of the monitor."""
SOURCES: tuple[Source, ...] = get_args(Source)
CUSTOMERS: tuple[Source, ...] = ("client", "batch")
"""The traffic that is judged and learned from."""
LONGEST_SOURCE = 16
MOST_LEFT_OUT = 100_000
"""Predictions of one source that are counted where they are left out: more would only take longer."""


OTHERS: tuple[Source, ...] = ("console", "probe", "simulation", "shadow")


def in_order(sources: Collection[Source]) -> Sequence[Source]:
    """Return sources in the order in which they are listed.

    >>> in_order({"probe", "client"})
    ['client', 'probe']
    """
    return [source for source in SOURCES if source in sources]
