"""Spoils rows as a broken source does, to see on rows with known values what that costs."""

from collections.abc import Sequence

import numpy as np

from backend.contract.drift.harm import SensorSign
from storage.schema.arrays import FloatArray


def spoiled(
    inputs: FloatArray,
    names: Sequence[str],
    signs: Sequence[SensorSign],
    random: np.random.Generator,
) -> FloatArray:
    """Return rows (n, d) as the source of each sign would have sent them; refused ones change nothing.

    Each sign spoils its share of the rows, drawn at random. Of mixed rows one input comes from another row.

    Examples
    --------
    >>> sign = SensorSign(kind="stuck", column="width", share=1.0, value=3.5, refused=False, reason="")
    >>> spoiled(np.eye(2), ["width", "height"], [sign], np.random.default_rng(0)).tolist()
    [[3.5, 0.0], [3.5, 1.0]]
    """
    found: FloatArray = inputs.copy()
    for sign in signs:
        if sign.refused:
            continue
        rows = np.flatnonzero(random.random(len(inputs)) < sign.share)
        if sign.column is None:
            columns = random.integers(inputs.shape[1], size=len(rows))
            others = random.integers(len(inputs), size=len(rows))
            found[rows, columns] = inputs[others, columns]
        else:
            column = names.index(sign.column)
            found[rows, column] = _spoiled_values(found[rows, column], sign)
    return found


def _spoiled_values(values: FloatArray, sign: SensorSign) -> FloatArray:
    if sign.kind == "missing" or sign.value is None:
        return np.full(len(values), np.nan)
    if sign.kind == "stuck":
        return np.full(len(values), sign.value)
    if sign.kind == "rounded":
        return np.asarray(values.round(int(sign.value)))
    return values * sign.value
