"""The error of a segment that a person chose: realized and estimated, beside the others and the holdout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from backend.contract.query.where import Condition
from backend.contract.segment import SegmentFigures
from backend.performance.baseline import SEED, Baseline, Baselines, JudgedVersion, NoBaseline
from backend.performance.check import MOST_ROWS
from backend.performance.realized import realized_error
from backend.performance.slices import SLICE_MINIMUM_ROWS
from backend.serving.segment_rows import SegmentRows
from storage.database.connection import Database
from storage.predictions.answered import read_answered_window
from storage.predictions.left_out import count_left_out
from storage.schema.source import CUSTOMERS, Source


@dataclass(frozen=True)
class MeasuredSegment:
    """The figures of a segment, and which of its labelled rows have the largest errors.

    Attributes
    ----------
    worst
        Numbers of their rows in the database, the largest absolute error first.
    """

    figures: SegmentFigures
    worst: list[int]


class SegmentCheck:
    """Measures the rows of a window that some conditions choose."""

    def __init__(self, database: Database, baselines: Baselines) -> None:
        self._database = database
        self._baselines = baselines

    def measure(
        self,
        judged: JudgedVersion,
        where: Sequence[Condition],
        until: datetime,
        length: timedelta,
        margin: float,
        sources: Sequence[Source] = CUSTOMERS,
        most_listed: int = 20,
    ) -> MeasuredSegment:
        """Measure a version's own predictions of the ``length`` before ``until``.

        Raises
        ------
        InvalidInput
            If a condition names a segment that the table, or the version, does not have.
        DatabaseUnavailable
            If they cannot be read.
        """
        since, baseline = until - length, self._baselines.of(judged)
        chooses = segment_rows(where, baseline)
        then = baseline.only(chooses)
        window = read_answered_window(
            self._database, judged.version, since, until, MOST_ROWS, sources=sources
        )
        chosen, known = chooses(window.rows.inputs), window.rows.is_labelled
        rows, others = window.rows.only(chosen & known), window.rows.only(~chosen & known)
        unlabelled = chosen & ~known
        figures = SegmentFigures(
            model_version=judged.version,
            where=tuple(where),
            since=since,
            until=until,
            left_out=count_left_out(self._database, since, until, sources),
            n_labelled=window.labelled,
            labelled_read=int(known.sum()),
            unlabelled=int(unlabelled.sum()),
            realized=realized_error(rows, SEED, SLICE_MINIMUM_ROWS),
            others=realized_error(others, SEED, SLICE_MINIMUM_ROWS),
            baseline=then.realized,
            degradation=then.degradation(rows, margin, SLICE_MINIMUM_ROWS),
            estimated=baseline.estimated(baseline.losses(window.rows), unlabelled, margin),
        )
        largest_first = np.argsort(-np.abs(rows.residuals), kind="stable")[:most_listed]
        return MeasuredSegment(figures, window.numbers[chosen & known][largest_first].tolist())


def segment_rows(where: Sequence[Condition], baseline: Baseline | NoBaseline) -> SegmentRows:
    """Return what chooses the rows of a segment, by the holdout of a version."""
    if isinstance(baseline, NoBaseline):
        return SegmentRows(where, None, baseline.reason)
    return SegmentRows(where, baseline.rows.inputs)
