"""Districts read a second time, with what measures and rounds a little differently."""

import numpy as np

from storage.schema.arrays import FloatArray

ATTACKS = ("moved", "jittered", "rounded", "rounded place")
INCOME, AGE = 0, 1
MEASURED, PLACE = slice(2, 6), slice(6, 8)


def reread(districts: FloatArray, attack: str, by: float = 0.02) -> FloatArray:
    """Return readings of districts (n, 8).

    moved          each input up or down by 2 %, the income up by 5 %, the age by a year
    jittered       that, and the place by up to 0.01 degrees in each direction
    rounded        each input and the place to one decimal, nothing moved
    rounded place  moved, and the place to one decimal
    """
    random = np.random.default_rng(4)
    moved = districts.copy()
    if attack == "rounded":
        return moved.round(1)
    moved[:, MEASURED] *= 1.0 + random.choice([-by, by], moved[:, MEASURED].shape)
    moved[:, INCOME] *= 1.0 + 2.5 * by
    moved[:, AGE] += 1.0
    if attack == "jittered":
        moved[:, PLACE] += random.uniform(-0.01, 0.01, moved[:, PLACE].shape)
    if attack == "rounded place":
        moved[:, PLACE] = moved[:, PLACE].round(1)
    return moved
