"""Which rows meet the conditions of a segment that a person chose."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.contract.query.where import Condition
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.errors import InvalidInput, StateConflict
from storage.schema.arrays import BoolArray, FloatArray
from training.evaluation.slices import named_segments, quarter_edges


@dataclass(frozen=True)
class SegmentRows:
    """Chooses rows for one version of the model.

    Attributes
    ----------
    where
        What all must hold.
    holdout
        Shape (m, k), inputs of the version's holdout, whose quarters are meant: a name means the same rows in
        every window. None if it has none, and ``missing`` says why.
    """

    where: Sequence[Condition]
    holdout: FloatArray | None
    missing: str = ""

    def __call__(self, inputs: FloatArray) -> BoolArray:
        """Return which rows (n,) of inputs (n, k) meet all conditions.

        Raises
        ------
        InvalidInput
            If a condition names a segment that the table does not have.
        StateConflict
            If the version has none.
        """
        masks = [
            self._of_kind(one, inputs) if one.is_of_kind else _of_input(one, inputs)
            for one in self.where
        ]
        return np.asarray(np.logical_and.reduce(masks))

    def _of_kind(self, one: Condition, inputs: FloatArray) -> BoolArray:
        if self.holdout is None:
            raise StateConflict(f"The version has no segments of kind {one.name}. {self.missing}")
        groups = named_segments(inputs, quarter_edges(self.holdout))
        (word,) = one.words
        if (one.name, word) not in groups:
            names = ", ".join(name for kind, name in groups if kind == one.name)
            raise InvalidInput(f"There is no {one.name} {word[:60]!r}; there are {names}.")
        return groups[one.name, word]


def _of_input(one: Condition, inputs: FloatArray) -> BoolArray:
    column = FEATURE_NAMES.index(one.name)
    values = inputs[:, column]
    if one.missing:
        return np.isnan(values)
    if one.words:
        known = FEATURES[column].categories or ()
        return np.isin(values, [known.index(word) for word in one.words])
    below = values < one.highest if one.excluded else values <= one.highest
    return (values >= one.lowest) & below
