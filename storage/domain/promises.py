"""What every model must keep to, however small its error is: checked before it may be promoted."""

from storage.domain.table import TABLE
from storage.domain.target import HIGHEST_ANSWER

HIGHEST_PREDICTION = (
    HIGHEST_ANSWER
    if TABLE.target.highest_prediction is None
    else float(TABLE.target.highest_prediction)
)
"""In the target's unit; no prediction has a reason to be above."""
RISING_INPUT = TABLE.names.index(TABLE.promises.rising) if TABLE.promises else None
"""If this input rises everywhere, the mean prediction must not fall; None: none is promised to."""
RISES = tuple(TABLE.promises.rises) if TABLE.promises else ()
"""By how much it is raised, in its own unit."""
