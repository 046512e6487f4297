"""Drift detection: prepare the reference once, then compare windows with it.

An input counts as drifted if its difference is significant after correction for all tests of the window,
and large enough to matter. The domain classifier finds changes that no single column shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property

import numpy as np

from backend.contract.drift.analysis import PlausibilityFinding
from backend.drift.categories import ReferenceCategories, reference_columns
from backend.drift.domain_classifier import DomainClassifier, DomainDifference
from backend.drift.plausibility import Plausibility
from backend.drift.plausibility_findings import Judged, finding_of, spoiled_of
from backend.drift.reference_words import TRAINING, ReferenceWords
from backend.drift.repeated import RepeatedRows
from backend.drift.report import (
    METHOD,
    ColumnDrift,
    ComparedRows,
    DriftReport,
    multivariate_score,
    no_verdict,
    rank,
    reasons_of,
    severity_of,
)
from backend.drift.row_figures import RowFigures
from backend.drift.spoiled_values import Rise, SpoiledValues
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import Distances, Quality, ReferenceColumn, holm
from backend.drift.usual.sums import TrafficSums
from storage.schema.arrays import FloatArray

PREDICTION = "prediction"


class DriftDetector:
    """The prepared reference; comparing a window takes milliseconds.

    Parameters
    ----------
    inputs
        Reference rows, shape (m, d); NaN is a missing value.
    names
        Names of the d inputs.
    importances
        Shape (d,): shares of the model's answers that depend on each, adding up to 1.
    predictions
        Shape (k,), predictions for rows the model was not fitted on; None: not compared.
    seed
        Of the domain classifier's folds.
    place
        The two map coordinates: the classifier then also compares the other inputs with those nearby.
    categories
        The number of categories, by column; the other columns are numbers.
    words
        What the reference is called.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> reference = random.normal(size=(4_000, 2))
    >>> detector = DriftDetector(reference, ("width", "height"), np.array([0.7, 0.3]))
    >>> detector.compare(random.normal(size=(500, 2))).overall_drift
    False
    >>> report = detector.compare(random.normal([0.0, 0.5], size=(500, 2)))
    >>> report.drifted_features, report.severity
    (['height'], 'high')
    >>> detector.compare(reference[:1]).status
    'not_enough_data'
    """

    def __init__(
        self,
        inputs: FloatArray,
        names: Sequence[str],
        importances: FloatArray,
        predictions: FloatArray | None = None,
        seed: int = 0,
        place: tuple[int, int] | None = None,
        categories: Mapping[int, int] | None = None,
        words: ReferenceWords = TRAINING,
    ) -> None:
        self.names, self.words = tuple(names), words
        self.columns = tuple(reference_columns(inputs, categories or {}))
        self.importances = importances
        self.prediction = ReferenceColumn(predictions) if predictions is not None else None
        self.repeated = RepeatedRows(inputs)
        self._classifier = DomainClassifier(inputs, seed, place, importances)
        self._seed, self._place = seed, place

    @cached_property
    def plausibility(self) -> Plausibility:
        """What estimates the share of mixed rows; takes a second or two."""
        features = self._classifier.features
        return Plausibility(features.compared_scores, features, self._place, self._seed)

    @cached_property
    def spoiled(self) -> tuple[SpoiledValues | None, ...]:
        """What finds rounded and stuck values, by column; None: a column of categories."""
        return tuple(
            None if isinstance(column, ReferenceCategories) else SpoiledValues(column.sorted)
            for column in self.columns
        )

    @cached_property
    def figures(self) -> RowFigures:
        """What is watched of each row, to compare periods with each other."""
        prediction = (PREDICTION, self.prediction) if self.prediction is not None else None
        classifier = self._classifier
        return RowFigures(
            self.names,
            self.columns,
            classifier.features,
            classifier.medians,
            prediction,
            self.plausibility,
            self.spoiled,
        )

    def sums(self, inputs: FloatArray, predictions: FloatArray) -> TrafficSums:
        """Return the sums of the rows that count: inputs (n, d), predictions (n,), NaN for none."""
        counted = self.repeated.counted(inputs)
        return TrafficSums.of(self.figures.of(inputs[counted], predictions[counted]))

    def compare(
        self,
        inputs: FloatArray,
        predictions: FloatArray | None = None,
        thresholds: DriftThresholds | None = None,
        *,
        multivariate: bool = True,
    ) -> DriftReport:
        """Compare a window with the reference; rows that repeat each other count once.

        Parameters
        ----------
        inputs
            Shape (n, d); NaN is a missing value.
        predictions
            Shape (n,), NaN where a row has none; None: not compared.
        thresholds
            The rule's thresholds; the defaults if None.
        multivariate
            Whether to run the domain classifier too.
        """
        thresholds = thresholds or DriftThresholds()
        counted = self.repeated.counted(inputs)
        rows = ComparedRows(len(inputs), len(counted))
        if rows.different < thresholds.minimum_rows:
            return no_verdict(rows, len(self.names), thresholds)
        inputs = inputs[counted]
        answered = _known_values(predictions[counted]) if predictions is not None else None
        samples = _Samples(self, rows, inputs, answered, thresholds)
        if not multivariate:
            return samples.report(None, None)
        return samples.report(self._difference(inputs, thresholds), self._mixed(inputs, thresholds))

    def _mixed(self, inputs: FloatArray, thresholds: DriftThresholds) -> Rise | None:
        complete = self._classifier.complete(inputs)
        if len(complete) < thresholds.minimum_rows:
            return None
        return self.plausibility.rise(self._classifier.features.scores(complete))

    def _difference(
        self, inputs: FloatArray, thresholds: DriftThresholds
    ) -> DomainDifference | None:
        complete = self._classifier.complete(inputs)
        if len(complete) < thresholds.minimum_rows:
            return None
        return self._classifier.difference(complete)


class _Samples:
    """The measured columns of one window."""

    def __init__(
        self,
        detector: DriftDetector,
        rows: ComparedRows,
        inputs: FloatArray,
        predictions: FloatArray | None,
        thresholds: DriftThresholds,
    ) -> None:
        self._detector = detector
        self._thresholds = thresholds
        self._rows = rows
        columns = [*zip(detector.columns, np.asfortranarray(inputs).T, strict=True)]
        if detector.prediction is not None and predictions is not None and len(predictions):
            columns.append((detector.prediction, predictions))
        self._has_prediction = len(columns) > len(detector.columns)
        present = [_known_values(values) for _, values in columns]
        self._counts = [len(values) for values in present]
        self._distances = [
            column.distances(values) if len(values) >= thresholds.minimum_rows else None
            for (column, _), values in zip(columns, present, strict=True)
        ]
        self._quality = [column.quality(values) for column, values in columns]
        self._values = list(
            spoiled_of(detector.names, detector.spoiled, present, thresholds.minimum_rows)
        )

    def report(self, difference: DomainDifference | None, mixed: Rise | None) -> DriftReport:
        adjusted, mixed_adjusted = self._adjusted(difference, mixed)
        raw = [each.p_value for each in self._quality] + [
            each.p_value for _, _, each in self._values
        ]
        quality = holm(np.array(raw))
        findings = self._findings(mixed, mixed_adjusted, quality[len(self._quality) :])
        columns = self._columns(adjusted, quality)
        if not _known(adjusted) and not any(each.quality_drifted for each in columns):
            total = len(self._detector.names)
            most = max(self._counts)
            return no_verdict(ComparedRows(most, most), total, self._thresholds)
        inputs = sorted(columns[: len(self._detector.names)], key=rank)
        prediction = columns[-1] if self._has_prediction else None
        together = multivariate_score(
            difference, adjusted[-1], self._detector.names, self._thresholds
        )
        drifted = [column.name for column in inputs if column.drifted]
        severity = severity_of(inputs, prediction, together, findings, self._thresholds)
        return DriftReport(
            status="ok",
            total_features=len(inputs),
            drift_scores={column.name: column.score for column in inputs},
            prediction=prediction.score if prediction is not None else None,
            drifted_features=drifted,
            drift_share=len(drifted) / len(inputs),
            overall_drift=severity != "none",
            severity=severity,
            reasons=reasons_of(inputs, prediction, together, findings, self._detector.words),
            multivariate=together,
            plausibility=findings,
            n_samples=self._rows.all,
            different_rows=self._rows.different,
            method=METHOD,
            thresholds=asdict(self._thresholds),
            smallest_adjusted_p_value=min(
                [*_known([*adjusted, mixed_adjusted]), *quality.tolist()]
            ),
        )

    def _findings(
        self, mixed: Rise | None, mixed_adjusted: float | None, values_adjusted: FloatArray
    ) -> list[PlausibilityFinding]:
        judged = [
            Judged(kind, name, found, adjusted)
            for (kind, name, found), adjusted in zip(
                self._values, values_adjusted.tolist(), strict=True
            )
        ]
        if mixed is not None and mixed_adjusted is not None:
            judged.insert(0, Judged("combination", None, mixed, mixed_adjusted))
        return [finding_of(each, self._thresholds) for each in judged]

    def _adjusted(
        self, difference: DomainDifference | None, mixed: Rise | None
    ) -> tuple[list[float | None], float | None]:
        """Return the corrected p values of columns and, last, classifier; and of mixed rows: one family."""
        raw = [each.p_value if each is not None else None for each in self._distances]
        raw.append(difference.p_value if difference is not None else None)
        raw.append(mixed.p_value if mixed is not None else None)
        known = [index for index, value in enumerate(raw) if value is not None]
        corrected = holm(np.array([raw[index] for index in known], dtype=np.float64))
        adjusted: list[float | None] = [None] * len(raw)
        for index, value in zip(known, corrected.tolist(), strict=True):
            adjusted[index] = value
        return adjusted[:-1], adjusted[-1]

    def _columns(
        self, adjusted: Sequence[float | None], quality_adjusted: FloatArray
    ) -> list[ColumnDrift]:
        names = [*self._detector.names, PREDICTION]
        importances = [*self._detector.importances.tolist(), 1.0]
        return [
            ColumnDrift.of(
                names[index],
                self._counts[index],
                distances,
                adjusted[index],
                quality,
                importances[index],
                distribution_drifted=self._moved(distances, adjusted[index]),
                quality_drifted=self._spoiled(quality, float(quality_adjusted[index])),
            )
            for index, (distances, quality) in enumerate(
                zip(self._distances, self._quality, strict=True)
            )
        ]

    def _moved(self, distances: Distances | None, adjusted: float | None) -> bool:
        if distances is None or adjusted is None:
            return False
        return (
            adjusted < self._thresholds.significance_level
            and distances.ks_statistic >= self._thresholds.minimum_ks_statistic
        )

    def _spoiled(self, quality: Quality, adjusted: float) -> bool:
        rise = max(quality.missing_rise, quality.out_of_range_share)
        return (
            adjusted < self._thresholds.quality_significance_level
            and rise >= self._thresholds.minimum_quality_share
        )


def _known_values(values: FloatArray) -> FloatArray:
    """Return the values (n,) that are not NaN."""
    return values[~np.isnan(values)]


def _known(adjusted: Sequence[float | None]) -> list[float]:
    """Return the p values that are not None."""
    return [value for value in adjusted if value is not None]
