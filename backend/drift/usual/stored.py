"""Stored traffic for trials, each part read once; from a moment on it may be changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from backend.drift.row_figures import Watched
from backend.drift.usual.history import (
    MOST_HOUR_ROWS,
    TrafficHistory,
    hour_of,
    start_of,
)
from backend.drift.usual.sums import TrafficSums
from storage.database.connection import Database
from storage.predictions.window import PredictionWindow, read_prediction_window
from storage.schema.accepted import is_accepted
from storage.schema.arrays import FloatArray


@dataclass(frozen=True)
class InputChange:
    """One input of all rows from a moment on, larger by a factor; rows that would be refused stay.

    Attributes
    ----------
    since
        A whole hour.
    predict
        What the version answers to inputs (n, d).
    """

    since: datetime
    column: int
    factor: float
    version: str
    predict: Callable[[FloatArray], FloatArray]

    def of(self, window: PredictionWindow) -> PredictionWindow:
        """Return predictions as they would have been."""
        inputs = window.inputs.copy()
        inputs[:, self.column] *= self.factor
        late = window.seconds >= (self.since - window.since).total_seconds()
        changed = late & (window.versions == self.version) & is_accepted(inputs)
        if not changed.any():
            return window
        predicted = window.predicted.copy()
        predicted[changed] = self.predict(inputs[changed])
        return replace(
            window,
            inputs=np.where(changed[:, None], inputs, window.inputs),
            predicted=predicted,
        )


class StoredTraffic:
    """A version's traffic, of customers; with a change, as if that had happened."""

    def __init__(
        self, database: Database, history: TrafficHistory, change: InputChange | None = None
    ) -> None:
        self._database = database
        self._history = history
        self._change = change
        self._windows: dict[tuple[datetime, datetime, int], PredictionWindow] = {}
        self._sums: dict[tuple[datetime, datetime], TrafficSums] = {}

    def changed(self, change: InputChange) -> "StoredTraffic":
        """Return the same traffic with a change; nothing is read twice."""
        found = StoredTraffic(self._database, self._history, change)
        found._windows = self._windows
        return found

    def read(self, until: datetime, length: timedelta, most_rows: int) -> PredictionWindow:
        """Read a window, at most its newest rows.

        Raises
        ------
        DatabaseUnavailable
            If it cannot be read.
        """
        return self._with_change(self._read(until - length, until, most_rows))

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What the sums are of."""
        return self._history.watched

    def knows(self, hour: int) -> bool:
        """Return whether an hour is kept."""
        return self._history.knows(hour)

    def kept(self, hours: Sequence[int]) -> TrafficSums:
        """Return the sums of all those hours that are kept."""
        if self._change is None:
            return self._history.kept(hours)
        first = hour_of(self._change.since)
        total = self._history.kept([hour for hour in hours if hour < first])
        for hour in hours:
            if hour >= first and self.knows(hour):
                total += self.between(start_of(hour), start_of(hour + 1))
        return total

    def between(self, since: datetime, until: datetime) -> TrafficSums:
        """Read the newest predictions of a span of time, at most 500."""
        if (since, until) not in self._sums:
            window = self._with_change(self._read(since, until, MOST_HOUR_ROWS))
            self._sums[since, until] = self._history.sums(window)
        return self._sums[since, until]

    def _read(self, since: datetime, until: datetime, most_rows: int) -> PredictionWindow:
        key = (since, until, most_rows)
        if key not in self._windows:
            self._windows[key] = read_prediction_window(self._database, since, until, most_rows)
        return self._windows[key]

    def _with_change(self, window: PredictionWindow) -> PredictionWindow:
        return window if self._change is None else self._change.of(window)
