"""A figure with its confidence interval: the same class where it is measured, stored, answered and drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A figure and its confidence interval, 95 % unless stated otherwise."""

    value: float
    lower: float
    upper: float
