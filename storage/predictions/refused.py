"""What requests to predict were refused for in a time window."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database.connection import Database
from storage.predictions.columns import Columns
from storage.schema.source import CUSTOMERS, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import refused_inputs
from storage.schema.unreadable import LARGEST

MOST_REFUSALS = 20_000
HUGEST = 1e300


@dataclass(frozen=True)
class Refusal:
    """One input that one request was refused for: the fields are those of ``RefusedInputRecord``."""

    request_id: str
    field: str
    problem: str
    problems: int
    value: float | None


@dataclass(frozen=True)
class Refusals:
    """Those of a window, the newest first; ``truncated`` if there were more, older ones."""

    found: tuple[Refusal, ...]
    truncated: bool

    @property
    def requests(self) -> int:
        """How many requests they belong to."""
        return len({each.request_id for each in self.found})


def read_refused_inputs(
    database: Database,
    since: datetime,
    until: datetime,
    most: int = MOST_REFUSALS,
    sources: Collection[Source] = CUSTOMERS,
) -> Refusals:
    """Read the newest refusals of a span of time and of some sources, at most ``most``.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    names = [name for name in Refusal.__dataclass_fields__ if name != "value"]
    moment, value = refused_inputs.c.timestamp, refused_inputs.c.value
    # Earlier releases kept such numbers; they are no damage.
    huge = sa.func.abs(value).between(LARGEST, HUGEST)
    known = sa.type_coerce(sa.case((huge, sa.null()), else_=value), sa.Float).label("value")
    query = (
        sa.select(*(refused_inputs.c[name] for name in names), known)
        .where(is_from(refused_inputs.c.source, sources), moment >= since, moment < until)
        .order_by(moment.desc())
        .limit(most + 1)
    )
    with database.transaction() as connection:
        rows = Columns.read(connection, query).rows
    return Refusals(tuple(Refusal(*row) for row in rows[:most]), len(rows) > most)
