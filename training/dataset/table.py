"""A checked training table: every value is finite and in range."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.target import ACCEPTED_TARGETS, TARGET_NAME, TARGET_UNIT
from storage.errors import InvalidDataset
from storage.schema.accepted import accepted_bounds, are_accepted
from storage.schema.arrays import FloatArray
from storage.schema.manifest import LearnedTable, TableSource
from training.dataset.row_times import RowTimes

COLUMN_NAMES: tuple[str, ...] = (*FEATURE_NAMES, TARGET_NAME)
MINIMUM_ROWS = 50
"""Below this, a part of the split would be too small to measure anything."""


@dataclass(frozen=True)
class HousingTable:
    """A checked table.

    Parameters
    ----------
    values
        Shape (n, k + 1), float64: the inputs in schema order, then the target in its unit.
    origin
        Where it was read from, for messages and records.
    source
        Which kind of place that is.
    times
        When the n rows were recorded; None: not known, or of no account.
    """

    values: FloatArray
    origin: str
    source: TableSource = "file"
    times: RowTimes | None = None

    def __post_init__(self) -> None:
        refuse_unusable(self.values, self.origin)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def inputs(self) -> FloatArray:
        """The inputs, shape (n, k), in schema order and units."""
        return np.ascontiguousarray(self.values[:, :-1])

    @property
    def targets(self) -> FloatArray:
        """The target's values, shape (n,), in its unit."""
        return np.ascontiguousarray(self.values[:, -1])

    @property
    def learned(self) -> LearnedTable:
        """What a version that learns from it says of it; without a folder of this machine."""
        return LearnedTable(source=self.source, name=Path(self.origin).name, rows=len(self))

    @cached_property
    def sha256(self) -> str:
        """Checksum of values and times: the same table has the same one, whatever file it came in."""
        known = self.values
        if self.times is not None:
            known = np.column_stack([known, self.times.moments])
        return hashlib.sha256(np.ascontiguousarray(known, dtype="<f8").tobytes()).hexdigest()


def refuse_unusable(values: FloatArray, origin: str) -> None:
    """Check a table of shape (n, k + 1).

    Raises
    ------
    InvalidDataset
        If it is too short, or a value is not finite or out of the range that the service accepts; the
        message names the origin, the first such row (counted from 1) and its column.
    """
    if len(values) < MINIMUM_ROWS:
        raise InvalidDataset(
            f"{origin} has {len(values)} rows of data; at least {MINIMUM_ROWS} are needed."
        )
    lower, upper = _bounds()
    # Comparisons with NaN are false, so a target that is NaN is refused.
    is_target_usable = (values[:, -1] >= lower[-1]) & (values[:, -1] <= upper[-1])
    usable = np.column_stack([are_accepted(values[:, :-1]), is_target_usable])
    if not usable.all():
        row, column = (int(index) for index in np.argwhere(~usable)[0])
        raise InvalidDataset(
            f"{origin}, row {row + 1}, column {COLUMN_NAMES[column]}: {values[row, column]:g} "
            f"is not between {lower[column]:g} and {upper[column]:g}{_unit(column)}."
        )
    for name in np.array(COLUMN_NAMES)[np.isnan(values).all(axis=0)].tolist():
        raise InvalidDataset(
            f"{origin} has no value in column {name}: take it out of the definition."
        )


def _bounds() -> tuple[FloatArray, FloatArray]:
    (lowest, highest), (lowest_target, highest_target) = accepted_bounds(), ACCEPTED_TARGETS
    return np.append(lowest, lowest_target), np.append(highest, highest_target)


def _unit(column: int) -> str:
    unit = FEATURES[column].unit if column < len(FEATURES) else TARGET_UNIT
    return f" ({unit})" if unit else ""
