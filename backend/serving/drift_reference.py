"""The references that predictions of the served model are compared with: training, or an earlier period."""

import threading
from datetime import datetime, timedelta

import numpy as np

from backend.contract.drift.reference import DriftReference
from backend.drift.detector import DriftDetector
from backend.drift.reference_words import PERIOD, TRAINING, ReferenceWords
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.errors import InvalidInput
from storage.predictions.window import PredictionWindow
from storage.schema.arrays import FloatArray

MOST_KEPT = 3
"""Earlier periods whose references are kept: each takes a second or two to prepare."""
SETTLED = timedelta(minutes=10)
"""How far a period must lie back to be kept: the newest predictions may not be in the log yet."""


def fitted_detector(
    inputs: FloatArray,
    importances: FloatArray,
    predictions: FloatArray | None,
    words: ReferenceWords = TRAINING,
) -> DriftDetector:
    """Return a detector of reference rows (m, 8) and of the answers (k,) to compare predictions with."""
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


def reference_of(window: PredictionWindow) -> DriftReference:
    """Return what a comparison with a period of logged predictions says about it."""
    return DriftReference(
        kind="period",
        since=window.since,
        until=window.until,
        n_samples=len(window),
        truncated=window.truncated,
    )


class EarlierPeriods:
    """Prepares periods of the log as references, and keeps a few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], DriftDetector] = {}

    def detector(
        self,
        version: str,
        importances: FloatArray,
        window: PredictionWindow,
        minimum_rows: int,
        now: datetime,
    ) -> DriftDetector:
        """Return the detector of a period's predictions, of which the version's own answers are compared.

        Raises
        ------
        InvalidInput
            If the period has too few predictions, or an input without any value.
        """
        key = (version, window.since, window.until, len(window), float(window.predicted.sum()))
        with self._lock:
            found = self._kept.pop(key, None) or _prepared(
                version, importances, window, minimum_rows
            )
            if window.until <= now - SETTLED:
                self._kept[key] = found
            for oldest in [*self._kept][:-MOST_KEPT]:
                del self._kept[oldest]
            return found


def _prepared(
    version: str, importances: FloatArray, window: PredictionWindow, minimum_rows: int
) -> DriftDetector:
    if len(window) < minimum_rows:
        raise InvalidInput(
            f"The earlier period has {len(window):,} predictions; at least {minimum_rows:,} are needed to "
            "compare with it."
        )
    empty = np.isnan(window.inputs).all(axis=0)
    if empty.any():
        name = FEATURE_NAMES[int(np.argmax(empty))]
        raise InvalidInput(f"{name} has no value in the earlier period.")
    own = window.predicted[window.versions == version]
    answers = own if len(own) >= minimum_rows else None
    return fitted_detector(window.inputs, importances, answers, PERIOD)
