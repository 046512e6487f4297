"""A figure and how sure it is: the same class where it is measured, kept, answered and drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A figure and its confidence interval, of 95 % where nothing else is said."""

    value: float
    lower: float
    upper: float
