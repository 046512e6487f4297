"""Values of the target and shares, in words and as numbers for charts."""

import re
from typing import Any, overload

import streamlit as st

from backend.contract.definition import DISPLAY, EXACT, RESOLUTION, TARGET_CAP, digits
from backend.contract.definition import NOTE as NOTE_TEXT
from backend.contract.definition import rounded as rounded
from backend.contract.definition import unrounded as unrounded
from backend.contract.definition import written as written
from backend.contract.definition import written_difference as written_difference
from backend.contract.definition import written_exactly as written_exactly
from backend.contract.performance import Estimate

CHART_UNIT = DISPLAY.chart.unit
"""What the axes of charts are in."""
CHART_DIGITS = digits(RESOLUTION * DISPLAY.chart.factor / EXACT)
CAPPED = float("inf") != TARGET_CAP
"""Whether higher values than ``TARGET_CAP`` were recorded as that one."""


def escaped(text: str) -> str:
    r"""Keep Markdown from reading a dollar sign as the start of a formula.

    Examples
    --------
    >>> print(escaped("$415,200"))
    \$415,200
    """
    return text.replace("$", r"\$")


NOTE = escaped(NOTE_TEXT)
"""Markdown: what a value means; empty where the table's definition does not say."""


def recorded(value: float) -> str:
    """Write a value that was recorded; a capped one says so.

    Examples
    --------
    >>> recorded(3.808)
    '$380,800'
    >>> recorded(5.00001)
    '$500,001 (the cap)'
    """
    # One record may have more decimals than another: zeros at its end are none of its own.
    text = re.sub(r"(\.\d*?)0+(?=\D*$)", r"\1", written_exactly(value))
    text = re.sub(r"\.(?=\D*$)", "", text)
    return f"{text} (the cap)" if is_capped(value) else text


def is_capped(value: float) -> bool:
    """Return whether a value is at or above the highest that was recorded.

    Examples
    --------
    >>> is_capped(5.00001), is_capped(4.9)
    (True, False)
    """
    return value >= TARGET_CAP


def value_words(value: float) -> str:
    """Write a value or an error as Markdown, as finely as a prediction."""
    return escaped(written(value))


def value_range(estimate: Estimate) -> str:
    r"""Write a figure in the target's unit and its interval, as Markdown.

    Examples
    --------
    >>> value_range(Estimate(value=0.374, lower=0.355, upper=0.394))
    '**\\$37,400** :gray[\\$35,500 to \\$39,400]'
    """
    value, lower, upper = map(value_words, (estimate.value, estimate.lower, estimate.upper))
    return f"**{value}** :gray[{ranged(lower, upper)}]"


def share_range(estimate: Estimate) -> str:
    """Write a share and its interval, as Markdown.

    Examples
    --------
    >>> share_range(Estimate(value=0.9, lower=0.874, upper=0.93))
    '**90.0%** :gray[87.4% to 93.0%]'
    """
    return (
        f"**{percent(estimate.value)}** :gray[{percent(estimate.lower)} to "
        f"{percent(estimate.upper)}]"
    )


def ranged(lower: str, upper: str) -> str:
    """Join two written values to a range; a unit that follows a number is said once, at the end.

    Examples
    --------
    >>> ranged("$380,000", "$415,200")
    '$380,000 to $415,200'
    """
    unit = DISPLAY.suffix if DISPLAY.suffix[:1].isspace() else ""
    return f"{lower.removesuffix(unit) if upper.endswith(unit) else lower} to {upper}"


def number_range(estimate: Estimate) -> str:
    """Write a figure without unit and its interval, as Markdown."""
    values = (estimate.value, estimate.lower, estimate.upper)
    value, lower, upper = map(two_digits, values)
    return f"**{value}** :gray[{lower} to {upper}]"


def two_digits(value: float) -> str:
    """Write a ratio or a share with two digits."""
    return f"{value:.2f}"


def percent(value: float) -> str:
    """Write a share in percent."""
    return f"{value:.1%}"


@overload
def in_written_unit(value: float) -> float: ...
@overload
def in_written_unit(value: None) -> None: ...
def in_written_unit(value: float | None) -> float | None:
    """Return a value of the target in the written unit, for a column that formats it; None stays None."""
    return None if value is None else value * DISPLAY.factor


@overload
def in_chart_unit(value: float) -> float: ...
@overload
def in_chart_unit(value: None) -> None: ...
def in_chart_unit(value: float | None) -> float | None:
    """Return a value of the target in the unit of charts.

    Examples
    --------
    >>> in_chart_unit(0.374), in_chart_unit(None)
    (37.4, None)
    """
    return None if value is None else round(value * DISPLAY.chart.factor, CHART_DIGITS)


def prediction_column(title: str, **options: Any) -> Any:
    """Return a table's column of predictions in the written unit."""
    return st.column_config.NumberColumn(title, format=_column_format(DISPLAY.step), **options)


def value_column(title: str, **options: Any) -> Any:
    """Return a table's column of errors or recorded values in the written unit, finer than predictions."""
    form = _column_format(DISPLAY.step / EXACT)
    return st.column_config.NumberColumn(title, format=form, **options)


def difference_column(title: str, **options: Any) -> Any:
    """Return a table's column of differences in the written unit, with their signs."""
    form = f"%+,.{digits(DISPLAY.step / EXACT)}f"
    return st.column_config.NumberColumn(title, format=form, **options)


def with_written_unit(title: str) -> str:
    """Return a title with the sign of the written unit, for figures that are written without it.

    Examples
    --------
    >>> with_written_unit("Bias")
    'Bias, $'
    """
    unit = DISPLAY.prefix.strip() or DISPLAY.suffix.strip()
    return f"{title}, {unit}" if unit else title


def _column_format(step: float) -> str:
    before, after = (text.replace("%", "%%") for text in (DISPLAY.prefix, DISPLAY.suffix))
    return f"{before}%,.{digits(step)}f{after}"


def in_percent(share: float | None) -> float | None:
    """Return a share from 0 to 1 in percent, for a chart.

    Examples
    --------
    >>> in_percent(0.12345), in_percent(None)
    (12.35, None)
    """
    return None if share is None else round(100 * share, 2)
