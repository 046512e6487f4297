"""One input of the form: a number, a whole number, or one of some words."""

import streamlit as st

from backend.contract.predictions import Feature
from dashboard.wording.feature_words import is_year, label_with_unit, number

Value = float | str | None
"""Of an input; None: nothing was entered."""


def draw_field(feature: Feature, key: str) -> Value:
    """Draw the input; return what is in it. Its content is the session state's ``key``."""
    if feature.categories is not None:
        return st.selectbox(
            label_with_unit(feature),
            feature.categories,
            index=None,
            key=key,
            persist_state="session",
            placeholder="Not known" if feature.missing else None,
            help=_help(feature),
        )
    kind = int if feature.kind == "integer" else float
    return st.number_input(
        label_with_unit(feature),
        min_value=kind(feature.minimum),
        max_value=kind(feature.maximum),
        value=None,
        step=max(kind(feature.step), 1) if kind is int else float(feature.step),
        format="%d" if kind is int else "%.6g",
        key=key,
        persist_state="session",
        placeholder="Not known" if feature.missing else None,
        help=_help(feature),
    )


def as_entered(feature: Feature, value: Value) -> Value:
    """Return a value as the field of its input holds it."""
    if value is None or isinstance(value, str):
        return value
    return int(value) if feature.kind == "integer" else float(value)


def _help(feature: Feature) -> str:
    words = feature.described
    if not feature.is_category:
        typical, years = feature.typical, is_year(feature)
        low, high, least, most = (
            number(end, is_year=years)
            for end in (typical.lowest, typical.highest, feature.minimum, feature.maximum)
        )
        words += f" Typical: {low} to {high}. Allowed: {least} to {most}."
    return f"{words} It may be left empty." if feature.missing else words
