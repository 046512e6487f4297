"""Silent answers of a span of time beside what the champion answered and what is known by now, as arrays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from storage.database.connection import Database
from storage.schema.arrays import FloatArray
from storage.schema.tables import labels, predictions, shadow_answers


@dataclass(frozen=True)
class ShadowWindow:
    """Predictions that both a challenger and a champion answered, from ``since`` on and before ``until``.

    Attributes
    ----------
    challenger, champion
        The versions: of the newest such prediction of the window. None: there is none.
    seconds
        Shape (n,), when each was answered: seconds after ``since``; in order of time.
    differences
        Shape (n,): the challenger's answer minus the champion's, in 100,000 USD, as all that follows.
    answered, answered_lower, answered_upper
        Shape (n,): the challenger's answers and their intervals.
    served, served_lower, served_upper
        Shape (n,): the champion's; NaN where there is no interval.
    actual
        Shape (n,); NaN where it is not known yet.
    total
        Such predictions of the two versions, read or not.
    of_other_versions
        Silent answers of the window of another challenger, or beside another champion.
    """

    since: datetime
    until: datetime
    challenger: str | None
    champion: str | None
    seconds: FloatArray
    differences: FloatArray
    answered: FloatArray
    answered_lower: FloatArray
    answered_upper: FloatArray
    served: FloatArray
    served_lower: FloatArray
    served_upper: FloatArray
    actual: FloatArray
    total: int
    of_other_versions: int

    def __len__(self) -> int:
        return len(self.seconds)


def read_shadow_window(
    database: Database, since: datetime, until: datetime, most_rows: int
) -> ShadowWindow:
    """Read the silent answers of the newest challenger beside the newest champion of a span of time.

    Of more than ``most_rows``, only every second, third, ... is read, so that the whole span is still seen.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    in_window = (shadow_answers.c.timestamp >= since, shadow_answers.c.timestamp < until)
    versions = (shadow_answers.c.model_version, predictions.c.model_version)
    with database.transaction() as connection:
        newest_first = (shadow_answers.c.timestamp.desc(), shadow_answers.c.id.desc())
        newest = connection.execute(
            _joined(*versions).where(*in_window).order_by(*newest_first).limit(1)
        ).one_or_none()
        if newest is None:
            return _window([], since, until, (None, None), 0, 0)
        challenger, champion = newest
        pair = (versions[0] == challenger, versions[1] == champion)
        all_rows = connection.execute(_joined(sa.func.count()).where(*in_window)).scalar_one()
        total = connection.execute(_joined(sa.func.count()).where(*in_window, *pair)).scalar_one()
        every = -(-total // most_rows) or 1
        query = _joined(*_columns()).where(*in_window, *pair, shadow_answers.c.id % every == 0)
        rows = connection.execute(query.order_by(shadow_answers.c.timestamp)).all()
    return _window(rows, since, until, (challenger, champion), total, all_rows - total)


def _columns() -> list[sa.Column[Any]]:
    bounds = ("prediction", "interval_lower", "interval_upper")
    return [
        shadow_answers.c.timestamp,
        shadow_answers.c.difference,
        *(shadow_answers.c[name] for name in bounds),
        *(predictions.c[name] for name in bounds),
        labels.c.actual,
    ]


def _joined(*columns: Any) -> sa.Select[Any]:
    same = shadow_answers.c.prediction_id
    joined = shadow_answers.join(predictions, predictions.c.prediction_id == same)
    return sa.select(*columns).select_from(joined.outerjoin(labels, labels.c.prediction_id == same))


def _window(
    rows: Any,
    since: datetime,
    until: datetime,
    versions: tuple[str | None, str | None],
    total: int,
    of_other_versions: int,
) -> ShadowWindow:
    # None becomes NaN.
    numbers = np.array([tuple(row)[1:] for row in rows], dtype=np.float64)
    columns = numbers.reshape(len(rows), len(_columns()) - 1).T
    seconds = np.array([(row[0] - since).total_seconds() for row in rows], dtype=np.float64)
    differences, answered, lower, upper, served, served_lower, served_upper, actual = columns
    challenger, champion = versions
    return ShadowWindow(
        since=since,
        until=until,
        challenger=challenger,
        champion=champion,
        seconds=seconds,
        differences=differences,
        answered=answered,
        answered_lower=lower,
        answered_upper=upper,
        served=served,
        served_lower=served_lower,
        served_upper=served_upper,
        actual=actual,
        total=total,
        of_other_versions=of_other_versions,
    )
