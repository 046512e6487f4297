"""Whose traffic a prediction or a request is.

Monitoring, retraining and the shadow see what customers ask, so that a probe that repeats one row, an
operator's what-if or a simulation neither raises an alarm nor teaches a model.
"""

from collections.abc import Collection, Sequence
from typing import Literal, get_args

import sqlalchemy as sa

Source = Literal["client", "console", "batch", "probe", "simulation", "shadow"]
"""A client's request, an operator's in the console, a batch job's, the monitor's, the simulator's, or a copy
of traffic that another system answers."""

SOURCE = "source"
"""The name of its column."""
CLIENT: Source = "client"
"""Of whoever says nothing else."""
SOURCES: tuple[Source, ...] = get_args(Source)
CUSTOMERS: tuple[Source, ...] = ("client", "batch")
"""The traffic that is judged and learned from."""
LONGEST_SOURCE = 16


OTHERS: tuple[Source, ...] = ("console", "probe", "simulation", "shadow")


def is_from(column: sa.ColumnElement[str], sources: Collection[Source]) -> sa.ColumnElement[bool]:
    """Return the condition that a row is from one of the sources.

    It is written as the conditions of the two indexes are, with the words as they stand, because only so can
    a database tell that one of these holds all that is asked for. The indexes' own conditions have no IN:
    SQLite builds its list anew for each stored row, which took a fifth of the log-writer's rate.
    """
    if set(sources) == set(SOURCES):
        return sa.true()
    words = [_word(source) for source in in_order(sources)]
    is_one = sa.or_(*(column == word for word in words))
    if not set(sources) <= set(OTHERS):
        return is_one
    is_other = [column != _word(source) for source in CUSTOMERS]
    return sa.and_(*is_other, *([] if set(sources) == set(OTHERS) else [is_one]))


def _word(source: Source) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{source}'", sa.String())


def in_order(sources: Collection[Source]) -> Sequence[Source]:
    """Return sources in the order in which they are listed.

    >>> in_order({"probe", "client"})
    ['client', 'probe']
    """
    return [source for source in SOURCES if source in sources]
