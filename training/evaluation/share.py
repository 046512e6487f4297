"""How much a share of rows would vary with other rows."""

import numpy as np
from scipy.special import ndtri

from storage.schema.estimate import Estimate
from training.evaluation.bootstrap import CONFIDENCE


def share_estimate(held: int, rows: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return held / rows with Wilson's score interval, which is right for few rows and shares near 1 too.

    With p the share, n the rows and z the normal quantile, its ends are
    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n).

    Parameters
    ----------
    rows
        Above 0; independent of each other.

    References
    ----------
    Wilson, E. B. (1927). Probable Inference, the Law of Succession, and Statistical Inference. Journal of the
    American Statistical Association 22, 209-212.

    Examples
    --------
    >>> found = share_estimate(180, 200)
    >>> found.value, round(found.lower, 3), round(found.upper, 3)
    (0.9, 0.851, 0.934)
    """
    z = float(ndtri(0.5 + confidence / 2))
    share = held / rows
    centre = share + z**2 / (2 * rows)
    spread = z * float(np.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2)))
    scale = 1 + z**2 / rows
    return Estimate(share, (centre - spread) / scale, (centre + spread) / scale)
