"""Prediction intervals: how far the actual price may be from the prediction, by place and segment."""

from copy import copy
from typing import NamedTuple, Self

import numpy as np

from storage.domain.slices import REGION_NAMES
from storage.domain.target import HIGHEST_ANSWER, LOWEST_ANSWER, RESOLUTION
from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled
from training.kernels.forest_arrays import ForestArrays, sum_trees
from training.models.difficulty import fit_difficulty
from training.models.price_pipeline import PricePipeline
from training.models.regions import region_of

COVERAGE = 0.9
BAND_ROWS, MOST_BANDS = 100, 10
"""Calibration rows of a band of predictions at least, and how many bands there are at most."""
ONE_BAND: FloatArray = np.zeros(0)
REGION_COVERAGE = 0.86
"""Target for a single region; slightly below the overall one, because a region has few calibration rows."""
SCALE_POWER = 1.05
"""Above one: trees draw what they learn towards the middle, so the difficult are more so than they say."""
FORMER_POWER = 0.9
"""Of the scale, in versions that do not know theirs: their widths differ less than the scales do."""


class IntervalArrays(NamedTuple):
    """A fitted ``PriceIntervals`` as the compiled functions take it, and the answers that can be.

    ``factors`` has one of each region, or, where there is one region alone, of each band between ``borders``.
    """

    scale: ForestArrays
    factors: FloatArray
    borders: FloatArray
    lowest: float
    highest: float
    resolution: float
    power: float


class PriceIntervals:
    """90 % intervals around the answers of a fitted pipeline: split conformal, scaled by difficulty.

    A small boosted ensemble learns, from answers to training rows that were not learned, the 80 % quantile s
    of the absolute residual (``fit_difficulty``). The calibration part gives each of its rows the score
    |error| / s^1.05; the interval is the prediction plus and minus f s^1.05, where f is the
    ceil((n + 1) 0.9)-th smallest of the n scores. A region whose own scores ask for a larger factor (at 86 %)
    gets that. (Lei et al. 2018, Distribution-Free Predictive Inference for Regression, section 5.2.)

    A table without regions has bands of predictions instead, each with the factor of its own scores (Vovk,
    Gammerman and Shafer 2005, Algorithmic Learning in a Random World, section 4.5: Mondrian). Else, where
    most targets are 0, the many easy rows would decide how wide the intervals of the few others are.

    The guarantee of split conformal prediction is for rows exchangeable with the calibration part, on
    average over all of them. The part that calibrates here is validation, which has also chosen the winner
    among a few candidates: so the guarantee is not strict, and the coverage is measured on the test part.
    It does not extend to areas without training rows: there intervals are wider, not guaranteed.

    Prices are censored at 5.00001: an upper bound there says "this or more", never how much more.

    Parameters
    ----------
    coverage
        Share of prices that the intervals should hold.
    seed
        Of the folds and of the trees.

    Attributes
    ----------
    factor_ : float
    region_factors_ : ndarray of shape (8,)
        Factor by region, in the order of ``REGION_NAMES``, at least ``factor_``; or by band.
    borders_ : ndarray of shape (bands - 1,)
        Predictions between which bands lie; empty where there are regions, and in versions from before.
    power_ : float
        Of the scale in the width; 0.9 in versions from before.
    """

    borders_: FloatArray = ONE_BAND
    power_: float = FORMER_POWER

    def __init__(self, coverage: float = COVERAGE, seed: int = 0) -> None:
        self.coverage = coverage
        self.seed = seed

    def fit(
        self,
        pipeline: PricePipeline,
        train_inputs: FloatArray,
        train_targets: FloatArray,
        calibration_inputs: FloatArray,
        calibration_targets: FloatArray,
    ) -> Self:
        """Learn the difficulty from the pipeline's training part, calibrate on rows that it never saw.

        Parameters
        ----------
        pipeline
            Fitted on the training part; not changed.
        train_inputs, calibration_inputs
            Shape (n, d), schema order.
        train_targets, calibration_targets
            Shape (n,), in 100,000 USD.
        """
        self.power_ = SCALE_POWER
        self.scale_ = fit_difficulty(pipeline, train_inputs, train_targets, self.seed)
        features = pipeline.features(calibration_inputs)
        predictions = pipeline.prices(features)
        errors = np.abs(calibration_targets - predictions)
        scores = errors / self._scale(features, predictions) ** self.power_
        self.factor_ = conformal_quantile(scores, self.coverage)
        if len(REGION_NAMES) > 1:
            self.region_factors_ = self._region_factors(scores, region_of(calibration_inputs))
        else:
            self.borders_ = _borders(predictions)
            self.region_factors_ = self._band_factors(scores, predictions)
        return self

    def bounds(
        self, features: FloatArray, inputs: FloatArray, predictions: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return lower and upper bounds, each of shape (n,), in 100,000 USD.

        0 <= lower <= prediction <= upper <= 5.00001 for every prediction between 0 and 5.00001.

        Parameters
        ----------
        features
            What ``pipeline.features(inputs)`` gave, shape (n, n_features).
        inputs
            Shape (n, d), schema order.
        predictions
            What ``pipeline.prices(features)`` gave, shape (n,), in 100,000 USD.
        """
        lower, upper = np.empty(len(predictions)), np.empty(len(predictions))
        regions = region_of(inputs)
        columns = np.column_stack([features, predictions])
        fill_bounds(columns, regions, self.arrays(), lower, upper)
        return lower, upper

    def scaled(self, times: float) -> Self:
        """Return a copy whose intervals are ``times`` as wide; their widths keep their proportions."""
        other = copy(self)
        other.factor_ = self.factor_ * times
        other.region_factors_ = self.region_factors_ * times
        return other

    def arrays(self) -> IntervalArrays:
        """Return what was learned, for the compiled functions."""
        return IntervalArrays(
            self.scale_.arrays,
            self.region_factors_,
            self.borders_,
            LOWEST_ANSWER,
            HIGHEST_ANSWER,
            RESOLUTION,
            self.power_,
        )

    def _scale(self, features: FloatArray, predictions: FloatArray) -> FloatArray:
        scale = self.scale_.predict(np.column_stack([features, predictions]))[:, 0]
        return np.asarray(np.maximum(scale, RESOLUTION))

    def _region_factors(self, scores: FloatArray, regions: IntegerArray) -> FloatArray:
        """Return each region's factor; the common one where it has no rows or asks for less."""
        own = [scores[regions == number] for number in range(len(REGION_NAMES))]
        found = [conformal_quantile(each, REGION_COVERAGE) if len(each) else 0.0 for each in own]
        return np.maximum(found, self.factor_)

    def _band_factors(self, scores: FloatArray, predictions: FloatArray) -> FloatArray:
        bands = np.searchsorted(self.borders_, predictions, side="right")
        own = [scores[bands == number] for number in range(len(self.borders_) + 1)]
        return np.array([conformal_quantile(each, self.coverage) for each in own])


@compiled
def fill_bounds(
    columns: FloatArray,
    regions: IntegerArray,
    arrays: IntervalArrays,
    lower: FloatArray,
    upper: FloatArray,
) -> None:
    """Fill bounds, each of shape (n,), in 100,000 USD.

    Parameters
    ----------
    columns
        Shape (n, n_features + 1): the features and, last, the prediction.
    regions
        Shape (n,), indices into ``REGION_NAMES``.
    """
    scales = np.empty((columns.shape[0], 1))
    sum_trees(columns, arrays.scale, scales)
    for row in range(columns.shape[0]):
        scale = max(scales[row, 0], arrays.resolution)
        prediction = columns[row, -1]
        group = regions[row]
        if arrays.borders.shape[0] > 0:
            group = np.searchsorted(arrays.borders, prediction, side="right")
        half_width = arrays.factors[group] * scale**arrays.power
        lower[row] = min(max(prediction - half_width, arrays.lowest), arrays.highest)
        upper[row] = min(max(prediction + half_width, arrays.lowest), arrays.highest)


def conformal_quantile(scores: FloatArray, coverage: float) -> float:
    """Return the ceil((n + 1) coverage)-th smallest of n scores, the largest if there are too few.

    Examples
    --------
    >>> conformal_quantile(np.arange(1.0, 20.0), 0.9)
    18.0
    """
    rank = int(np.ceil((len(scores) + 1) * coverage))
    return float(np.sort(scores)[min(rank, len(scores)) - 1])


def _borders(predictions: FloatArray) -> FloatArray:
    """Return where bands of about equally many calibration rows meet; where predictions are equal, fewer."""
    bands = min(MOST_BANDS, len(predictions) // BAND_ROWS)
    if bands < 2:
        return ONE_BAND
    ascending = np.sort(predictions)
    wanted = ascending[np.arange(1, bands) * len(ascending) // bands]
    borders, below = [], 0
    for border in np.unique(wanted):
        rows_below = int(np.searchsorted(ascending, border))
        if rows_below - below >= BAND_ROWS // 2:
            borders.append(border)
            below = rows_below
    return np.array(borders)
