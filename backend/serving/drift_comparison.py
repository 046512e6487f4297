"""What is compared with what: the predictions of a window, or a segment's, and their reference."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.contract.drift.reference import DriftReference, ReferenceKind, ReferenceQuery
from backend.drift.check import AskedWindow
from backend.drift.detector import DriftDetector
from backend.drift.reference_words import OTHERS, PERIOD, SEGMENT_PERIOD, SEGMENT_TRAINING
from backend.serving.drift_reference import ReferenceRows, References
from backend.serving.segment_rows import SegmentRows
from backend.serving.served_model import ServedModel
from storage.database.connection import Database
from storage.errors import StateConflict
from storage.predictions.window import PredictionWindow
from storage.schema.arrays import FloatArray

SETTLED = timedelta(minutes=10)
"""How far a period must lie back to be kept: the newest predictions may not be in the log yet."""


@dataclass(frozen=True)
class DriftComparison:
    """A prepared reference, and the predictions that are compared with it; None: not read yet."""

    detector: DriftDetector
    asked: AskedWindow
    window: PredictionWindow | None = None


@dataclass(frozen=True)
class DriftComparisons:
    """Prepares comparisons with other rows than the whole training data."""

    database: Database
    references: References

    def prepare(
        self,
        model: ServedModel,
        asked: AskedWindow,
        query: ReferenceQuery,
        segment: SegmentRows | None,
        now: datetime,
    ) -> DriftComparison:
        """Return the comparison that a query asks for; ``segment`` is that of its conditions.

        Raises
        ------
        StateConflict
            If there are too few rows to compare with, or if the earlier period is not before the window.
        DatabaseUnavailable
            If predictions cannot be read.
        """
        if segment is not None:
            asked = replace(asked, where=query.where, chooses=segment)
        if query.reference_others and segment is not None:
            return self._with_others(model, asked, segment)
        if query.reference_since is not None and query.reference_until is not None:
            span = (query.reference_since, query.reference_until)
            return self._with_period(model, asked, span, now)
        if segment is None:
            return DriftComparison(model.drift_detector, asked)
        rows = _of_training(model, segment)
        asked = replace(asked, reference=DriftReference(n_samples=len(rows)))
        return DriftComparison(self._detector(rows, model, asked), asked)

    def _with_others(
        self, model: ServedModel, asked: AskedWindow, segment: SegmentRows
    ) -> DriftComparison:
        found = asked.search(self.database, asked.until - asked.length, asked.until)
        others = found.only(~segment(found.inputs), asked.most_rows)
        counted = f"The period has {len(others):,} predictions outside the segment"
        rows = ReferenceRows(others.inputs, _own(model, others), OTHERS, counted)
        asked = replace(asked, reference=_reference("others", others))
        return DriftComparison(self._detector(rows, model, asked), asked, asked.chosen(found))

    def _with_period(
        self,
        model: ServedModel,
        asked: AskedWindow,
        span: tuple[datetime, datetime],
        now: datetime,
    ) -> DriftComparison:
        since, until = span
        if until > asked.until - asked.length:
            raise StateConflict("The period to compare with ends after the window begins.")
        earlier = asked.chosen(asked.search(self.database, since, until))
        inside = "" if asked.where is None else " in the segment"
        key = (model.manifest.version, since, until, asked.where, asked.sources, len(earlier))
        rows = ReferenceRows(
            earlier.inputs,
            _own(model, earlier),
            PERIOD if asked.where is None else SEGMENT_PERIOD,
            f"The earlier period has {len(earlier):,} predictions{inside}",
            key if until <= now - SETTLED else None,
        )
        asked = replace(asked, reference=_reference("period", earlier))
        return DriftComparison(self._detector(rows, model, asked), asked)

    def _detector(
        self, rows: ReferenceRows, model: ServedModel, asked: AskedWindow
    ) -> DriftDetector:
        importances = model.profile.importances
        return self.references.detector(rows, importances, asked.thresholds.minimum_rows)


def _of_training(model: ServedModel, segment: SegmentRows) -> ReferenceRows:
    """Return the segment's training rows, and the answers for its part of the holdout."""
    inputs, holdout = model.profile.inputs, model.holdout
    inside = inputs[segment(inputs)]
    answers = inside[:0, 0] if holdout is None else holdout.only(segment(holdout.inputs)).predicted
    counted = f"The segment has {len(inside):,} rows in the training data"
    key = (model.manifest.version, tuple(segment.where))
    return ReferenceRows(inside, answers, SEGMENT_TRAINING, counted, key)


def _own(model: ServedModel, window: PredictionWindow) -> FloatArray:
    """Return the answers of this version: those of another differ even without drift."""
    own: FloatArray = window.predicted[window.versions == model.manifest.version]
    return own


def _reference(kind: ReferenceKind, window: PredictionWindow) -> DriftReference:
    """Return what a comparison with predictions of the log says about them."""
    return DriftReference(
        kind=kind,
        since=window.since,
        until=window.until,
        n_samples=len(window),
        truncated=window.truncated,
    )
