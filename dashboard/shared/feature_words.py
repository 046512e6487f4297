"""The inputs in words: labels, and values as they are written."""

from backend.contract.predictions import FEATURES, Feature

BY_NAME: dict[str, Feature] = {feature.name: feature for feature in FEATURES}


def feature_named(name: str) -> Feature:
    """Return the input with a name such as ``MedInc``."""
    return BY_NAME[name]


def number(value: float) -> str:
    """Write a value of an input as the form does, large ones with separators.

    Examples
    --------
    >>> number(5.982248520710059), number(1440.0), number(-122.06)
    ('5.98225', '1,440', '-122.06')
    """
    return f"{value:,.6g}" if abs(value) < 1_000 else f"{value:,.0f}"


def with_unit(feature: Feature, value: float) -> str:
    """Write a value with its unit.

    Examples
    --------
    >>> with_unit(feature_named("HouseAge"), 30.0)
    '30 years'
    """
    return f"{number(value)} {feature.unit}"
