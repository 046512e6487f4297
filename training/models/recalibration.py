"""Intervals calibrated again, on labelled rows, around a model that stays as it is."""

import numpy as np

from storage.domain.target import HIGHEST_ANSWER
from storage.schema.arrays import FloatArray
from training.models.intervals import PriceIntervals, conformal_quantile, fill_bounds
from training.models.price_pipeline import PricePipeline
from training.models.regions import region_of


def times_as_wide(
    intervals: PriceIntervals, pipeline: PricePipeline, inputs: FloatArray, actual: FloatArray
) -> float:
    """Return how many times as wide intervals must be to hold on labelled rows.

    Split conformal: each row has the score |error| / half width, and the intervals become r times as wide,
    where r is the ceil((n + 1) c)-th smallest of the n scores for a coverage c. Which rows are difficult, and
    the proportions of regions or bands, stay as they were learned. The coverage of later rows like these is c
    on average; over draws of the labelled rows it varies by sqrt(c (1 - c) / n), which is 0.02 for 200 rows.
    (Lei et al. 2018, Distribution-Free Predictive Inference for Regression.)

    It is infinite if too many values lie beside intervals without any width, as where a model answered most
    of the rows that calibrated it exactly: no factor widens those.

    Parameters
    ----------
    intervals
        Of the pipeline's answers; not changed.
    inputs
        Shape (n, d), n > 0, schema order: rows that neither the pipeline nor its intervals learned from.
    actual
        Shape (n,), in the target's unit; one above the cap counts as the cap, as in training.

    Examples
    --------
    A row that was missed by twice its half width asks for twice the width:

    >>> conformal_quantile(np.array([0.5, 2.0]), 0.9)
    2.0
    """
    features = pipeline.features(inputs)
    predictions = pipeline.prices(features)
    errors = np.abs(np.minimum(actual, HIGHEST_ANSWER) - predictions)
    widths = half_widths(intervals, features, inputs, predictions)
    without_width = np.where(errors > 0, np.inf, 0.0)
    scores = np.divide(errors, widths, out=without_width, where=widths > 0)
    return conformal_quantile(scores, intervals.coverage)


def half_widths(
    intervals: PriceIntervals, features: FloatArray, inputs: FloatArray, predictions: FloatArray
) -> FloatArray:
    """Return half of each interval's width, shape (n,), before it is cut at the values that can be.

    The arguments are those of ``PriceIntervals.bounds``.
    """
    uncut = intervals.arrays()._replace(lowest=-np.inf, highest=np.inf)
    lower, upper = np.empty(len(predictions)), np.empty(len(predictions))
    columns = np.column_stack([features, predictions])
    fill_bounds(columns, region_of(inputs), uncut, lower, upper)
    return np.asarray((upper - lower) / 2)
