"""Counting predictions over time and by value: all of a long period, from the rollup."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.counts import (
    ABOUT_STEPS,
    EPOCH,
    PREDICTIONS,
    SHORTEST,
    Period,
    count_rows,
    places_of,
    row_counts,
)
from storage.database.filters import PredictionFilter
from storage.predictions.rollup import STEP_SECONDS
from storage.schema.counts import RowCounts
from storage.schema.source import SOURCES
from storage.schema.source_filter import is_from
from storage.schema.tables import prediction_rollup
from storage.schema.time_steps import TimeSteps, round_steps, round_width

_CELL = prediction_rollup.c


def count_predictions_found(
    database: Database, asked: PredictionFilter, period: Period
) -> RowCounts:
    """Count the predictions that a filter finds in a period.

    A long period is counted in the whole steps of ten minutes that touch it, however many there are. By rows,
    of which the newest hundred thousand are counted: what a caller said about them, and a short period.

    Raises
    ------
    DatabaseUnavailable
        If they cannot be read now.
    """
    if asked.reference is None and not asked.metadata:
        with database.transaction() as connection:
            since = period.since or _oldest(connection) or period.now
            begin = min(since, period.end - SHORTEST)
            if round_width(period.end - begin, ABOUT_STEPS).total_seconds() >= STEP_SECONDS:
                steps = round_steps(begin, period.end, ABOUT_STEPS, period.zone)
                return _from_rollup(connection, asked, replace(period, since=begin), steps)
    return count_rows(database, asked, period)


def _oldest(connection: sa.Connection) -> datetime | None:
    start = connection.execute(sa.select(sa.func.min(_CELL.step_start))).scalar()
    return None if start is None else EPOCH + timedelta(seconds=start)


def _from_rollup(
    connection: sa.Connection, asked: PredictionFilter, period: Period, steps: TimeSteps
) -> RowCounts:
    cells = _sums(connection, asked, period)
    places = places_of(steps, [max(cell.step_start, steps.since.timestamp()) for cell in cells])
    stacks: Counter[tuple[int, str]] = Counter()
    facets: dict[str, Counter[Any]] = {name: Counter() for name in PREDICTIONS.facets}
    for place, cell in zip(places, cells, strict=True):
        stacks[place, cell.source] += cell.rows
        for name, column in PREDICTIONS.facets.items():
            facets[name][getattr(cell, column)] += cell.rows
    return row_counts(steps, period.now, None, stacks=stacks, facets=facets)


def _sums(connection: sa.Connection, asked: PredictionFilter, period: Period) -> Sequence[Any]:
    begin = period.since or period.end
    first = int(begin.timestamp()) // STEP_SECONDS * STEP_SECONDS
    conditions = [_CELL.step_start >= first, _CELL.step_start < period.end.timestamp()]
    if asked.model_version is not None:
        conditions.append(_CELL.model_version == asked.model_version)
    if set(asked.sources) != set(SOURCES):
        conditions.append(is_from(_CELL.source, asked.sources))
    counted = {
        None: _CELL.predictions,
        True: _CELL.labelled,
        False: _CELL.predictions - _CELL.labelled,
    }[asked.labelled]
    key = (_CELL.step_start, _CELL.model_version, _CELL.source)
    query = sa.select(*key, counted.label("rows")).where(*conditions, counted > 0)
    return connection.execute(query).all()
