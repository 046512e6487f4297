"""The references that predictions of the served model are compared with: training, or rows of the log."""

import threading
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from backend.drift.detector import DriftDetector
from backend.drift.reference_words import TRAINING, ReferenceWords
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.errors import StateConflict
from storage.schema.arrays import FloatArray

MOST_KEPT = 3
"""Prepared references that are kept: each takes a second or two to prepare."""


def fitted_detector(
    inputs: FloatArray,
    importances: FloatArray,
    predictions: FloatArray | None,
    words: ReferenceWords = TRAINING,
) -> DriftDetector:
    """Return a detector of reference rows (m, d) and of the answers (k,) to compare predictions with."""
    return DriftDetector(
        inputs,
        FEATURE_NAMES,
        importances,
        predictions,
        place=(LATITUDE, LONGITUDE) if HAS_PLACE else None,
        categories={
            place: len(feature.categories)
            for place, feature in enumerate(FEATURES)
            if feature.categories is not None
        },
        words=words,
    )


@dataclass(frozen=True)
class ReferenceRows:
    """Rows to compare with.

    Attributes
    ----------
    inputs
        Shape (m, d).
    answers
        Shape (k,), the version's own, for rows that it did not learn from.
    words
        What they are called.
    counted
        How many there are, as the start of a sentence.
    key
        Tells them from all others; None: more of them may come, and they are not kept.
    """

    inputs: FloatArray
    answers: FloatArray
    words: ReferenceWords
    counted: str
    key: Hashable | None = None

    def __len__(self) -> int:
        return len(self.inputs)


class References:
    """Prepares rows as references, and keeps a few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, DriftDetector] = {}

    def detector(
        self, rows: ReferenceRows, importances: FloatArray, minimum_rows: int
    ) -> DriftDetector:
        """Return the detector of rows.

        Raises
        ------
        StateConflict
            If there are too few of them, or an input is without any value.
        """
        with self._lock:
            found = self._kept.pop(rows.key, None) or _prepared(rows, importances, minimum_rows)
            if rows.key is not None:
                self._kept[rows.key] = found
            for oldest in [*self._kept][:-MOST_KEPT]:
                del self._kept[oldest]
            return found


def _prepared(rows: ReferenceRows, importances: FloatArray, minimum_rows: int) -> DriftDetector:
    if len(rows) < minimum_rows:
        raise StateConflict(
            f"{rows.counted}; at least {minimum_rows:,} are needed to compare with."
        )
    empty = np.isnan(rows.inputs).all(axis=0)
    if empty.any():
        name = FEATURE_NAMES[int(np.argmax(empty))]
        raise StateConflict(f"{name} has no value in {rows.words.data}.")
    answers = rows.answers if len(rows.answers) >= minimum_rows else None
    return fitted_detector(rows.inputs, importances, answers, rows.words)
