"""What every model must keep to, however small its error is: checked before it may be promoted."""

from storage.domain.inputs import INCOME

HIGHEST_PREDICTION = 5.1
"""In the target's unit: recorded values end at the cap, so no prediction has a reason to be above."""
RISING_INPUT = INCOME
"""If this input rises everywhere, the mean prediction must not fall."""
RISES = (0.5, 1.0, 2.0, 4.0)
"""By how much it is raised, in its own unit."""
