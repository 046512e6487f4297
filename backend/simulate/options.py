"""What the arguments of a command may be; each refuses others with a sentence for the parser."""

import argparse
import math

from backend.simulate.scenario import SCENARIOS, Scenario


def scenario(text: str) -> Scenario:
    """Return the scenario of that name."""
    if text not in SCENARIOS:
        raise argparse.ArgumentTypeError(f"{text} is not one of {', '.join(SCENARIOS)}")
    return SCENARIOS[text]


def seed(text: str) -> int:
    """Return a seed, a whole number of 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 0 or more")
    return int(text)


def positive(text: str) -> float:
    """Return a number above 0."""
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value
