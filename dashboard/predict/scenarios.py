"""Predictions kept for comparison: up to four, until the session ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from backend.contract.definition import DISPLAY, preset_of
from backend.contract.predictions import FEATURES, Feature, PredictionResponse
from dashboard.predict.field import Value
from dashboard.predict.interval import upper_words
from dashboard.wording.feature_words import input_words
from dashboard.wording.value import rounded, written, written_difference
from dashboard.wording.words import LABEL

MOST_SCENARIOS = 4
LETTERS = "ABCD"
PINNED = "predict_scenarios"
"""Session state: the pinned predictions; the others are compared with the first."""


@dataclass(frozen=True)
class Scenario:
    """One pinned prediction and its letter."""

    letter: str
    answer: PredictionResponse

    @property
    def name(self) -> str:
        """The letter, with the preset of these inputs if there is one."""
        preset = preset_of(self.answer.input)
        return self.letter if preset is None else f"{self.letter} · {preset.name}"


def scenarios() -> list[Scenario]:
    """Return the pinned predictions, in the order of pinning."""
    pinned: tuple[PredictionResponse, ...] = st.session_state.get(PINNED, ())
    return [Scenario(letter, answer) for letter, answer in zip(LETTERS, pinned, strict=False)]


def pin(answer: PredictionResponse) -> None:
    """Pin a prediction; the callback of a button that is disabled when there is no room."""
    pinned: tuple[PredictionResponse, ...] = st.session_state.get(PINNED, ())
    if len(pinned) < MOST_SCENARIOS and not is_pinned(answer):
        st.session_state[PINNED] = (*pinned, answer)


def unpin(answer: PredictionResponse) -> None:
    """Unpin a prediction; those after it move up."""
    pinned: tuple[PredictionResponse, ...] = st.session_state.get(PINNED, ())
    st.session_state[PINNED] = tuple(
        one for one in pinned if one.prediction_id != answer.prediction_id
    )


def is_pinned(answer: PredictionResponse) -> bool:
    """Return whether this prediction is pinned."""
    return any(one.answer.prediction_id == answer.prediction_id for one in scenarios())


def value_difference(first: PredictionResponse, other: PredictionResponse) -> str:
    """Write how much another prediction differs from the first, rounded as the page rounds both."""
    amount = rounded(other.prediction) - rounded(first.prediction)
    return written_difference(amount / DISPLAY.factor)


def comparison(pinned: Sequence[Scenario]) -> dict[str, list[str]]:
    """Return the rows of the comparison, as Markdown: one cell per scenario, differences in bold.

    The others are compared with the first scenario.
    """
    first = pinned[0].answer
    rows = {
        LABEL: [written(one.answer.prediction) for one in pinned],
        "Difference": ["–", *(value_difference(first, one.answer) for one in pinned[1:])],
        "Interval from": [written(one.answer.interval.lower) for one in pinned],
        "Interval to": [upper_words(one.answer.interval) for one in pinned],
        "Support": [f"{one.answer.support:.2f}" for one in pinned],
    }
    return rows | _input_rows(pinned)


def _input_rows(pinned: Sequence[Scenario]) -> dict[str, list[str]]:
    inputs = [one.answer.input.model_dump() for one in pinned]
    return {
        (f"{feature.label}, {feature.unit}" if feature.unit else feature.label): [
            _cell(feature, values[feature.name], inputs[0][feature.name]) for values in inputs
        ]
        for feature in FEATURES
    }


def _cell(feature: Feature, value: Value, first: Value) -> str:
    words = input_words(feature, value)
    return words if value == first else f"**{words}**"
