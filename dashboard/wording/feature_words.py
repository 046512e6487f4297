"""The inputs in words: labels, and values as they are written."""

from typing import Any

import streamlit as st

from backend.contract.predictions import FEATURES, Feature

BY_NAME: dict[str, Feature] = {feature.name: feature for feature in FEATURES}
NO_VALUE = "–"


def feature_named(name: str) -> Feature:
    """Return the input of a name."""
    return BY_NAME[name]


def number(value: float) -> str:
    """Write a value of a numeric input as the form does, large ones with separators.

    Examples
    --------
    >>> number(5.982248520710059), number(1440.0), number(-122.06)
    ('5.98225', '1,440', '-122.06')
    """
    return f"{value:,.6g}" if abs(value) < 1_000 else f"{value:,.0f}"


def input_words(value: float | str | None) -> str:
    """Write the value of any input: a number, the word of a category, or that it is missing.

    Examples
    --------
    >>> input_words(1440.0), input_words("diesel"), input_words(None)
    ('1,440', 'diesel', '–')
    """
    if value is None:
        return NO_VALUE
    return value if isinstance(value, str) else number(value)


def with_unit(feature: Feature, value: float | str | None) -> str:
    """Write a value with its unit, if it has one.

    Examples
    --------
    >>> with_unit(feature_named("HouseAge"), 30.0), with_unit(feature_named("HouseAge"), None)
    ('30 years', '–')
    """
    words = input_words(value)
    return words if value is None or not feature.unit else f"{words} {feature.unit}"


def label_with_unit(feature: Feature) -> str:
    """Return the label with the unit, if there is one.

    Examples
    --------
    >>> label_with_unit(feature_named("HouseAge"))
    'House age (years)'
    """
    return f"{feature.label} ({feature.unit})" if feature.unit else feature.label


def input_columns() -> dict[str, Any]:
    """Return the inputs as columns of a table."""
    return {feature.name: _column(feature) for feature in FEATURES}


def _column(feature: Feature) -> Any:
    if feature.is_category:
        return st.column_config.TextColumn(feature.label, help=feature.description)
    return st.column_config.NumberColumn(feature.label, format="%.6g", help=feature.description)
