"""Correction of p values for asking several questions at once."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def holm(p_values: FloatArray) -> FloatArray:
    """Return p values adjusted by Holm's step-down procedure, which holds under any dependence.

    The i-th smallest of k p values is multiplied by k - i + 1; no adjusted value is below that of a
    smaller p value, and none above 1. Rejecting what is below a level keeps the chance of one or more
    false rejections below that level.

    Parameters
    ----------
    p_values
        Shape (k,), from 0 to 1.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
    Statistics 6, 65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    >>> holm(np.array([])).tolist()
    []
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    stepped = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    adjusted = np.empty_like(stepped)
    adjusted[order] = stepped
    return adjusted
