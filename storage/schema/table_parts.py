"""What the tables of the log database are made of: columns and indexes that several have."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from storage.domain.feature import LONGEST_WORD
from storage.domain.inputs import FEATURES
from storage.schema.column_types import ShortText, Text, UtcDateTime, Whole
from storage.schema.source import CLIENT, LONGEST_SOURCE, SOURCE, SOURCES, Source
from storage.schema.source_filter import is_from

RecordId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""64 bits on both: only a column declared INTEGER is SQLite's own row id, which has them."""

metadata = sa.MetaData()


def record_table(
    name: str, *columns: sa.Column[Any] | sa.Index, once: str | None = None
) -> sa.Table:
    """Return a table of records; of two with one value in the column ``once``, the first is kept."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", RecordId, primary_key=True, autoincrement=True),
        sa.Column("timestamp", UtcDateTime, nullable=False, index=True),
        *columns,
        sqlite_autoincrement=True,
        info={"once": once} if once is not None else {},
    )


def input_columns() -> list[sa.Column[Any]]:
    """Return a column for each input: a number, or the word of a category; null where it may be missing."""
    return [
        sa.Column(
            feature.name,
            ShortText(LONGEST_WORD) if feature.is_category else sa.Float(53),
            nullable=feature.missing,
        )
        for feature in FEATURES
    ]


def index_where_given(name: str, given: str, *columns: str) -> sa.Index:
    """Return an index of the rows where ``given`` is not null: the others cost nothing."""
    return index_where(name, sa.text(f"{given} IS NOT NULL"), *columns)


def source_column() -> sa.Column[str]:
    """Return the column of whose traffic a row is; a client's where nothing is said."""
    return sa.Column(
        SOURCE, ShortText(LONGEST_SOURCE, SOURCES), nullable=False, server_default=CLIENT
    )


def index_where_from(name: str, sources: Collection[Source], *columns: str) -> sa.Index:
    """Return an index of the rows of some sources."""
    return index_where(name, is_from(sa.column(SOURCE), sources), *columns)


def index_where(
    name: str, where: sa.ColumnElement[bool] | sa.TextClause, *columns: str
) -> sa.Index:
    """Return an index of the rows that meet a condition."""
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


def request_columns() -> tuple[sa.Column[Any], ...]:
    """Return the columns of what was asked and how it was answered."""
    return (
        sa.Column("endpoint", ShortText(200), nullable=False),
        sa.Column("method", ShortText(16), nullable=False),
        sa.Column("status_code", Whole, nullable=False),
        sa.Column("response_time", sa.Float(53), nullable=False),
        sa.Column("success", sa.Boolean, nullable=False),
        sa.Column("error_message", Text),
        sa.Column("model_version", ShortText(100)),
    )
