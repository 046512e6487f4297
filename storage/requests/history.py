"""What customers asked for over weeks, step by step, as arrays: to judge rules on a system's own past."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa

from storage.database.connection import Database
from storage.requests.histogram import Counts, add_up
from storage.schema.arrays import IntegerArray
from storage.schema.rollup import RESOLUTIONS
from storage.schema.source import CUSTOMERS
from storage.schema.tables import request_rollup

STEP_SECONDS = RESOLUTIONS[-1].seconds
"""The widest steps are kept longest."""
FIRST_OF_SERVER = 500
"""Answers below are the client's mistakes; from it on, they are the service's."""


class _Cell(NamedTuple):
    step_start: int
    endpoint: str
    status_code: int
    requests: int
    latency: bytes


class RequestHistory(NamedTuple):
    """Requests of customers in steps of ten minutes, without gaps.

    Attributes
    ----------
    begin
        Of the first step, in seconds since 1970.
    requests, failed
        Shape (n,); failed with a status of 500 or more.
    latencies
        Shape (n, BINS): of the endpoint whose latency is judged, in the bins of a histogram.
    """

    begin: int
    requests: IntegerArray
    failed: IntegerArray
    latencies: Counts

    def __len__(self) -> int:
        return len(self.requests)

    def end_of(self, step: int) -> datetime:
        """Return when a step ended."""
        return datetime.fromtimestamp(self.begin + (step + 1) * STEP_SECONDS, UTC)


def read_request_history(
    database: Database,
    since: datetime,
    until: datetime,
    counted: Collection[str],
    timed: Collection[str],
) -> RequestHistory:
    """Read the steps from the first request after ``since`` on that are over at ``until``.

    Parameters
    ----------
    counted, timed
        Endpoints whose requests are counted, and whose latency is read.

    Raises
    ------
    DatabaseUnavailable
        If the rollup cannot be read now.
    """
    table = request_rollup.c
    end = int(until.timestamp()) // STEP_SECONDS * STEP_SECONDS
    query = sa.select(
        table.step_start, table.endpoint, table.status_code, table.requests, table.latency
    ).where(
        table.resolution_seconds == STEP_SECONDS,
        table.step_start >= int(since.timestamp()),
        table.step_start < end,
        table.endpoint.in_([*counted, *timed]),
        table.source.in_(CUSTOMERS),
    )
    with database.transaction() as connection:
        cells = [_Cell(*row) for row in connection.execute(query)]
    begin = min((cell.step_start for cell in cells), default=end)
    number = (end - begin) // STEP_SECONDS
    found = [cell for cell in cells if cell.endpoint in counted]
    failed = [cell for cell in found if cell.status_code >= FIRST_OF_SERVER]
    slow = [cell for cell in cells if cell.endpoint in timed]
    return RequestHistory(
        begin=begin,
        requests=_summed(found, begin, number),
        failed=_summed(failed, begin, number),
        latencies=add_up([cell.latency for cell in slow], _steps(slow, begin), number),
    )


def _steps(cells: Collection[_Cell], begin: int) -> list[int]:
    return [(cell.step_start - begin) // STEP_SECONDS for cell in cells]


def _summed(cells: Collection[_Cell], begin: int, number: int) -> IntegerArray:
    sums = np.zeros(number, dtype=np.int64)
    np.add.at(sums, _steps(cells, begin), [cell.requests for cell in cells])
    return sums
