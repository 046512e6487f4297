"""exp(-x) for many numbers at once, in vector instructions."""

import numpy as np

from storage.schema.arrays import FloatArray
from training.kernels.compiled import compiled

ONE_OVER_LN2 = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
ROUNDING = 6755399441055744.0
"""1.5 x 2^52: adding it leaves a whole number in the low bits of a float64."""
LARGEST_ARGUMENT = 700.0
"""exp(-700) is 1e-304: as good as zero, and not yet subnormal."""
EXPONENT_BIAS = 1023
MANTISSA_BITS = 52


@compiled
def negative_exponentials(values: FloatArray) -> None:
    """Overwrite values x >= 0, shape (n,), by exp(-x), right to 2e-16 relative.

    x = n ln 2 + r with whole n and |r| <= ln(2) / 2; exp(-r) by its Taylor polynomial of degree 13, and 2^-n
    by writing the exponent's bits. The library's exp would be called once for each number; this loop has
    no call and no branch, so that four or eight numbers share an instruction (W. J. Cody and W. Waite, 1980,
    Software Manual for the Elementary Functions, chapter 6).
    """
    shifted = np.empty(values.shape[0])
    for position in range(values.shape[0]):
        value = min(values[position], LARGEST_ARGUMENT)
        moved = value * ONE_OVER_LN2 + ROUNDING
        whole = moved - ROUNDING
        shifted[position] = moved
        values[position] = _taylor(-((value - whole * LN2_HIGH) - whole * LN2_LOW))
    bits = shifted.view(np.int64)
    for position in range(values.shape[0]):
        bits[position] = (EXPONENT_BIAS << MANTISSA_BITS) - (bits[position] << MANTISSA_BITS)
    for position in range(values.shape[0]):
        values[position] *= shifted[position]


@compiled
def _taylor(x: float) -> float:
    tail = 1.0 / 479001600.0 + x * (1.0 / 6227020800.0)
    tail = 1.0 / 3628800.0 + x * (1.0 / 39916800.0 + x * tail)
    tail = 1.0 / 40320.0 + x * (1.0 / 362880.0 + x * tail)
    tail = 1.0 / 720.0 + x * (1.0 / 5040.0 + x * tail)
    tail = 1.0 / 24.0 + x * (1.0 / 120.0 + x * tail)
    tail = 0.5 + x * (1.0 / 6.0 + x * tail)
    return 1.0 + x * (1.0 + x * tail)
