"""The rows of a period as sums: enough to compare it with others, and to add periods up."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from storage.schema.arrays import FloatArray


@dataclass(frozen=True)
class TrafficSums:
    """Counts, sums and sums of squares of the s figures of a period's rows, each of shape (s,).

    Examples
    --------
    >>> both = TrafficSums.of(np.array([[1.0], [3.0]])) + TrafficSums.of(np.array([[2.0], [np.nan]]))
    >>> both.rows, both.counts.tolist(), both.means().tolist()
    (4, [3.0], [2.0])
    """

    rows: int
    counts: FloatArray
    sums: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, figures: FloatArray) -> Self:
        """Return the sums of rows' figures (n, s); NaN is not counted."""
        known = np.nan_to_num(figures)
        counts = (~np.isnan(figures)).sum(axis=0).astype(np.float64)
        return cls(len(figures), counts, known.sum(axis=0), (known**2).sum(axis=0))

    @classmethod
    def none(cls, figures: int) -> Self:
        """Return the sums of no rows."""
        return cls.of(np.empty((0, figures)))

    def __add__(self, other: "TrafficSums") -> "TrafficSums":
        return TrafficSums(
            self.rows + other.rows,
            self.counts + other.counts,
            self.sums + other.sums,
            self.squares + other.squares,
        )

    def means(self) -> FloatArray:
        """Return the means, shape (s,); NaN without a row."""
        means: FloatArray = np.divide(
            self.sums, self.counts, out=np.full(len(self.sums), np.nan), where=self.counts > 0
        )
        return means
