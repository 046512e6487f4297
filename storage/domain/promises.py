"""What every model must keep to, however small its error is: checked before it may be promoted."""

from storage.domain.table import TABLE

HIGHEST_PREDICTION = TABLE.target.highest_prediction
"""In the target's unit; no prediction has a reason to be above."""
RISING_INPUT = TABLE.names.index(TABLE.promises.rising)
"""If this input rises everywhere, the mean prediction must not fall."""
RISES = tuple(TABLE.promises.rises)
"""By how much it is raised, in its own unit."""
