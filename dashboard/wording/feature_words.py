"""The inputs in words: labels, and values as they are written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from backend.contract.predictions import FEATURES, Feature

BY_NAME: dict[str, Feature] = {feature.name: feature for feature in FEATURES}
NO_VALUE = "–"
FIRST_YEAR, LAST_YEAR = 1500, 2200
YEAR_UNITS = ("", "year", "years")
"""Numbers of such a unit, typically between these, are taken for years of the calendar."""


def feature_named(name: str) -> Feature:
    """Return the input of a name."""
    return BY_NAME[name]


def are_years(lowest: float, highest: float, unit: str) -> bool:
    """Whether numbers that are typically between these are years of the calendar: 2008, not 2,008.

    Examples
    --------
    >>> are_years(2000, 2015, ""), are_years(2000, 15_000, ""), are_years(1600, 2100, "kg")
    (True, False, False)
    """
    lies_there = lowest < highest and lowest >= FIRST_YEAR and highest <= LAST_YEAR
    return lies_there and unit.casefold() in YEAR_UNITS


def is_year(feature: Feature) -> bool:
    """Whether an input is a year, or a moment as a year with a fraction."""
    if feature.is_category:
        return False
    return are_years(feature.typical.lowest, feature.typical.highest, feature.unit)


def whole_years(are_years: bool) -> dict[str, str]:
    """Return how the labels of an axis are written: of years as they are, without separators."""
    return {"formatter": "{value}"} if are_years else {}


def number(value: float, *, is_year: bool = False) -> str:
    """Write a value of a numeric input as the form does, large ones with separators.

    Examples
    --------
    >>> number(5.982248520710059), number(1440.0), number(-122.06)
    ('5.98225', '1,440', '-122.06')
    >>> number(2008.5, is_year=True)
    '2008.5'
    """
    if is_year:
        return f"{value:.6g}"
    return f"{value:,.6g}" if abs(value) < 1_000 else f"{value:,.0f}"


def input_words(feature: Feature, value: float | str | None) -> str:
    """Write the value of any input: a number, the word of a category, or that it is missing.

    Examples
    --------
    >>> population = feature_named("Population")
    >>> input_words(population, 1440.0), input_words(population, None)
    ('1,440', '–')
    """
    if value is None:
        return NO_VALUE
    return value if isinstance(value, str) else number(value, is_year=is_year(feature))


def with_unit(feature: Feature, value: float | str | None) -> str:
    """Write a value with its unit, if it has one.

    Examples
    --------
    >>> with_unit(feature_named("HouseAge"), 30.0), with_unit(feature_named("HouseAge"), None)
    ('30 years', '–')
    """
    words = input_words(feature, value)
    return words if value is None or not feature.unit else f"{words} {feature.unit}"


def label_with_unit(feature: Feature) -> str:
    """Return the label with the unit, if there is one.

    Examples
    --------
    >>> label_with_unit(feature_named("HouseAge"))
    'House age (years)'
    """
    return f"{feature.label} ({feature.unit})" if feature.unit else feature.label


def input_columns(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the inputs as columns of a table; numbers below each other have as many decimals.

    Parameters
    ----------
    cells
        What each row of the table shows, by the name of the column.
    """
    rows = list(cells)
    return {
        feature.name: _column(feature, [row.get(feature.name) for row in rows])
        for feature in FEATURES
    }


def _column(feature: Feature, values: list[Any]) -> Any:
    if feature.is_category:
        return st.column_config.TextColumn(feature.label, help=feature.description)
    form = column_format([value for value in values if isinstance(value, int | float)])
    return st.column_config.NumberColumn(feature.label, format=form, help=feature.description)


def column_format(values: Sequence[float]) -> str:
    """Return the format of a column: the most decimals that one of its values needs, of six digits.

    Examples
    --------
    >>> column_format([3.65, 3.4, 12.0]), column_format([1990, 2001]), column_format([1.5e-9, 2.0])
    ('%.2f', '%.0f', '%.6g')
    """
    written = [f"{value:.6g}" for value in values]
    if not written or any("e" in text for text in written):
        return "%.6g"
    return f"%.{max(len(text.partition('.')[2]) for text in written)}f"
