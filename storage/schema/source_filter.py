"""The condition that a row is from some sources."""

from collections.abc import Collection

import sqlalchemy as sa

from storage.schema.source import CUSTOMERS, OTHERS, SOURCES, Source, in_order


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
