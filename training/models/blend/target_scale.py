"""The scale on which a model learns: the target itself, or its logarithm."""

from typing import NamedTuple

import numpy as np

from storage.schema.arrays import FloatArray

HIGHER = 1.0
"""An answer is at most e times what was ever learned: beyond, a line on the logarithm knows nothing."""


class TargetScale(NamedTuple):
    """How an answer follows from a sum z: z itself, or ``factor exp(min(z, highest)) - shift``.

    The shift is 0 for positive targets, and half of the smallest positive one if some are 0. The exponential
    of a mean of logarithms is below the mean, so answers have a factor that makes those to held-out rows
    right on average (Duan 1983, Smearing Estimate).
    """

    is_log: bool = False
    shift: float = 0.0
    highest: float = np.inf
    factor: float = 1.0

    def forward(self, targets: FloatArray) -> FloatArray:
        """Return what a model learns for targets (n,), in the target's unit."""
        return np.log(targets + self.shift) if self.is_log else targets

    def backward(self, sums: FloatArray) -> FloatArray:
        """Return answers in the target's unit, of the same shape as sums."""
        if not self.is_log:
            return sums
        return np.asarray(self.factor * np.exp(np.minimum(sums, self.highest)) - self.shift)

    def smeared(self, sums: FloatArray, targets: FloatArray) -> "TargetScale":
        """Return this scale with the factor by which answers to rows (n,) are right on average.

        Examples
        --------
        >>> logarithm = scale_of(np.array([1.0, 3.0]), logarithm=True)
        >>> logarithm.smeared(np.log([1.0, 1.0]), np.array([1.0, 3.0])).factor
        2.0
        """
        if not self.is_log:
            return self
        raised = self._replace(factor=1.0).backward(sums) + self.shift
        return self._replace(factor=float((targets + self.shift).mean() / raised.mean()))


PLAIN = TargetScale()


def has_logarithm(targets: FloatArray) -> bool:
    """Whether targets (n,) have one: none is below 0, and some are above."""
    return bool(targets.min() >= 0 and targets.any())


def scale_of(targets: FloatArray, *, logarithm: bool) -> TargetScale:
    """Return the scale for targets (n,), which have a logarithm if that is asked for."""
    if not logarithm:
        return PLAIN
    shift = 0.0 if targets.min() > 0 else float(targets[targets > 0].min()) / 2
    return TargetScale(True, shift, float(np.log(targets.max() + shift)) + HIGHER)
