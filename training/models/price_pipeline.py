"""Every model as it is served: places on the grid, values that can be, whatever estimator is inside."""

from typing import Any, Self

import numpy as np
from sklearn.pipeline import Pipeline

from storage.domain.inputs import ARE_PLAIN, FEATURE_NAMES, FEATURES
from storage.domain.place import HAS_PLACE, LONGITUDE
from storage.domain.target import HIGHEST_ANSWER, LOWEST_ANSWER
from storage.schema.arrays import FloatArray
from training.models.regions import PLACE, put_on_grid

PREPROCESSING = "preprocessing"
REGRESSOR = "regressor"


class PricePipeline(Pipeline):  # type: ignore[misc] # scikit-learn has no types
    """A pipeline of the steps "preprocessing" and "regressor", from the eight raw inputs to the value.

    What no estimator promises holds for every one: a value is never outside the range that answers have
    (intervals end there too, so that it would be outside its interval), and two places that round to the
    same point of the grid have the same value.
    """

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Fit on inputs (n, d), in schema order or with their names, and values (n,) to learn."""
        super().fit(placed(X), y, **params)
        return self

    def predict(self, X: Any, **params: Any) -> FloatArray:
        """Return values that can be, shape (n,), in the target's unit, of inputs as ``fit`` takes them."""
        return self.prices(self.features(X), **params)

    def features(self, inputs: Any) -> Any:
        """Return what the regressor gets, shape (n, n_features), of inputs (n, d)."""
        return self[PREPROCESSING].transform(placed(inputs))

    def prices(self, features: Any, **params: Any) -> FloatArray:
        """Return values that can be, shape (n,), in the target's unit, of ``features``."""
        return possible(self[REGRESSOR].predict(features, **params))


def price_pipeline(pipeline: Pipeline) -> PricePipeline:
    """Return a pipeline as it is served: itself, or its very steps for a plain one.

    A plain one comes from a candidate, or from a version that an earlier release published.
    """
    if isinstance(pipeline, PricePipeline):
        return pipeline
    return PricePipeline(pipeline.steps, memory=pipeline.memory, verbose=pipeline.verbose)


def placed(inputs: Any) -> FloatArray:
    """Return inputs as float64 of shape (n, d), schema order, their places on the grid.

    Raises
    ------
    ValueError
        If a table with named columns lacks an input. Its order does not matter, nor do further columns.
    """
    copy = np.array(_as_numbers(_in_order(inputs)), dtype=np.float64, order="C", ndmin=2)
    if HAS_PLACE and copy.shape[1] > LONGITUDE:
        put_on_grid(copy, PLACE)
    return copy


def possible(prices: Any) -> FloatArray:
    """Return values as float64, each within the range of answers."""
    return np.asarray(np.clip(np.asarray(prices, dtype=np.float64), LOWEST_ANSWER, HIGHEST_ANSWER))


def _as_numbers(inputs: Any) -> Any:
    """Return a table with named columns, its categories by their positions; an array has them already."""
    if ARE_PLAIN or getattr(inputs, "columns", None) is None:
        return inputs
    columns = []
    for feature in FEATURES:
        column = inputs[feature.name]
        missing = column.isna()
        if feature.categories is not None and column.dtype.kind not in "fiu":
            known = {word: float(place) for place, word in enumerate(feature.categories)}
            if unknown := sorted({str(word) for word in column[~missing]} - known.keys()):
                raise ValueError(
                    f"{feature.name} has {', '.join(unknown[:3])}, which is none of {feature.known_words()}."
                )
            column = column.map(known)
        columns.append(column.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.column_stack(columns)


def _in_order(inputs: Any) -> Any:
    columns = getattr(inputs, "columns", None)
    if columns is None:
        return inputs
    missing = [name for name in FEATURE_NAMES if name not in columns]
    if missing:
        raise ValueError(
            f"The table has no column {', '.join(missing)}; an answer needs {', '.join(FEATURE_NAMES)}."
        )
    return inputs[list(FEATURE_NAMES)]
