"""Shadow answers in a time window with the champion's answers and the known actual values, as arrays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from storage.database.connection import Database
from storage.predictions.columns import Columns
from storage.predictions.thinning import read_every
from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions, Predictions
from storage.schema.tables import labels, predictions, shadow_answers

VALUES = ("prediction", "interval_lower", "interval_upper")


@dataclass(frozen=True)
class ShadowWindow:
    """Predictions that both a challenger and a champion answered, from ``since`` on and before ``until``.

    Attributes
    ----------
    challenger, champion
        The versions of the window's newest such prediction. None: there is none.
    seconds
        Shape (n,), when each was answered: seconds after ``since``; in order of time. Negative in rows before
        the window, of a step that begins earlier.
    differences
        Shape (n,): the challenger's answer minus the champion's, in the target's unit, like all that follows.
    answered, served
        The challenger's predictions and the champion's, with the same actual values as far as they are known.
    total
        Such predictions of the two versions, read or not.
    of_other_versions
        Shadow answers in the window from another challenger, or beside another champion.
    """

    since: datetime
    until: datetime
    challenger: str | None
    champion: str | None
    seconds: FloatArray
    differences: FloatArray
    answered: LabelledPredictions
    served: LabelledPredictions
    total: int
    of_other_versions: int

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Shape (n,), whether each belongs to the window."""
        return self.seconds >= 0


def read_shadow_window(
    database: Database,
    since: datetime,
    until: datetime,
    most_rows: int,
    read_since: datetime | None = None,
) -> ShadowWindow:
    """Read the newest challenger's shadow answers beside the newest champion's in a time window.

    If there are more than ``most_rows``, every second, fourth, ... is read, so that all of it is covered.

    Parameters
    ----------
    read_since
        Rows are read from here on, if that is before the window; they count for none of its totals.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    in_window = _between(since, until)
    read = _between(min(since, read_since or since), until)
    versions = (shadow_answers.c.model_version, predictions.c.model_version)
    with database.transaction() as connection:
        newest_first = (shadow_answers.c.timestamp.desc(), shadow_answers.c.id.desc())
        newest = connection.execute(
            _joined(*versions).where(*in_window).order_by(*newest_first).limit(1)
        ).one_or_none()
        challenger, champion = newest if newest is not None else (None, None)
        pair = (versions[0] == challenger, versions[1] == champion)
        all_rows = connection.execute(_joined(sa.func.count()).where(*in_window)).scalar_one()
        total = connection.execute(_joined(sa.func.count()).where(*in_window, *pair)).scalar_one()
        every = read_every(total, most_rows)
        query = _joined(*_columns()).where(*read, *pair, shadow_answers.c.id % every == 0)
        found = Columns.read(connection, query.order_by(shadow_answers.c.timestamp))
    return ShadowWindow(
        since=since,
        until=until,
        challenger=challenger,
        champion=champion,
        seconds=found.seconds_after(since, "timestamp"),
        differences=found.number("difference"),
        answered=_predictions(found, "answered"),
        served=_predictions(found, "served"),
        total=total,
        of_other_versions=all_rows - total,
    )


def _between(since: datetime, until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (shadow_answers.c.timestamp >= since, shadow_answers.c.timestamp < until)


def _columns() -> list[sa.ColumnElement[Any]]:
    tables = (("answered", shadow_answers), ("served", predictions))
    values = [table.c[name].label(f"{of}_{name}") for of, table in tables for name in VALUES]
    return [shadow_answers.c.timestamp, shadow_answers.c.difference, *values, labels.c.actual]


def _predictions(found: Columns, of: str) -> LabelledPredictions:
    predicted, lower, upper = (found.number(f"{of}_{name}") for name in VALUES)
    return Predictions(predicted, lower, upper).labelled(found.number("actual"))


def _joined(*columns: Any) -> sa.Select[Any]:
    same = shadow_answers.c.prediction_id
    joined = shadow_answers.join(predictions, predictions.c.prediction_id == same)
    return sa.select(*columns).select_from(joined.outerjoin(labels, labels.c.prediction_id == same))
