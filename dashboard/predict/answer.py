"""What the service answered to the form: a price and its trust, or what is wrong with the inputs."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from backend.client import ServiceRefused
from backend.contract.predictions import FEATURE_NAMES, HousingFeatures, PredictionResponse
from backend.contract.table import district_of
from dashboard.predict.form import is_asked_about, show_in_address
from dashboard.predict.interval import interval_picture, interval_words
from dashboard.predict.tabs import draw_actions
from dashboard.shared.feature_words import feature_named, with_unit
from dashboard.shared.price import (
    CENSUS_NOTE,
    dollars,
    escaped,
    is_capped,
    recorded_dollars,
)
from dashboard.shared.service import asking_service, housing_client, is_said

ANSWER = "predict_answer"
"""Session state: the last answer of the service, or its refusal."""


def ask_price(entered: dict[str, float]) -> None:
    """Send what was entered and keep the answer. The service judges it, so an empty field may go too."""
    st.session_state.pop(ANSWER, None)
    with asking_service():
        try:
            features = HousingFeatures.model_construct(None, **entered)
            answer = st.session_state[ANSWER] = housing_client().predict(features)
            show_in_address(answer.input)
        except ServiceRefused as refusal:
            st.session_state[ANSWER] = refusal


def last_answer() -> PredictionResponse | None:
    """Return the last answer, if it was a price."""
    answer = st.session_state.get(ANSWER)
    return answer if isinstance(answer, PredictionResponse) else None


def draw_answer() -> None:
    """Draw the last answer."""
    answer = st.session_state.get(ANSWER)
    with st.container(border=True, key="predict_answer_card"):
        if isinstance(answer, PredictionResponse):
            _draw_price(answer)
        elif isinstance(answer, ServiceRefused) and not is_said(str(answer)):
            _draw_refusal(answer)
        else:
            _draw_nothing_yet()
    st.caption(CENSUS_NOTE)


def _draw_price(answer: PredictionResponse) -> None:
    st.markdown("Median house value")
    with st.container(key="predict_price"):
        # No element of Streamlit sets one number this large; the text is made of digits only.
        st.html(
            '<div style="font-size:3.25rem;font-weight:650;line-height:1.05;'
            f'font-variant-numeric:tabular-nums">{dollars(answer.prediction)}</div>'
        )
    # In a place of their own, so that what follows keeps its place, and nothing is drawn twice meanwhile.
    with st.container(key="predict_notes"):
        _draw_notes(answer)
    _draw_interval(answer)
    with st.container(key="predict_support"):
        st.markdown(support_line(answer.support))
    with st.container(key="predict_warnings"):
        _draw_warnings(answer)
    draw_actions(answer)
    st.table(_facts(answer), border="horizontal", alt="Where this price comes from")


def _draw_notes(answer: PredictionResponse) -> None:
    if not is_asked_about(answer.input):
        st.caption(
            ":material/history: The form has other numbers now; predict again to price those."
        )
    if is_capped(answer.prediction):
        st.caption("At or above the census' cap: read it as that much or more.")


def _draw_interval(answer: PredictionResponse) -> None:
    with st.container(key="predict_interval", gap="xxsmall"):
        st.markdown(f"**{escaped(interval_words(answer.interval))}**")
        st.html(interval_picture(answer.prediction, answer.interval))


def _draw_warnings(answer: PredictionResponse) -> None:
    if not answer.warnings:
        return
    values = answer.input.model_dump()
    told = [
        f"- **{feature_named(warning.field).label}** "
        f"{with_unit(feature_named(warning.field), values[warning.field])}: {warning.message}"
        for warning in answer.warnings
    ]
    st.warning(
        "\n".join(["Unlike the training data, so the model had little to learn from:", "", *told]),
        icon=":material/warning:",
    )


def _facts(answer: PredictionResponse) -> dict[str, str]:
    facts = {
        "Exactly": f"{answer.prediction:.4f} × 100,000 USD",
        "Model": answer.model_type,
        "Model version": f"`{answer.model_version}`",
        "Prediction id": f"`{answer.prediction_id}`",
    }
    district = district_of(answer.input)
    if district is not None:
        facts["Census of 1990"] = escaped(recorded_dollars(district.recorded_value))
    return facts


def _draw_refusal(refusal: ServiceRefused) -> None:
    st.error(escaped(str(refusal)), icon=":material/block:")
    for problem in refusal.error.validation_errors or []:
        st.markdown(f"- **{problem.field}**: {escaped(problem.message)}")


def _draw_nothing_yet() -> None:
    st.markdown("**No price yet**")
    st.caption(
        f"Choose a district or enter the {len(FEATURE_NAMES)} numbers of a block group, "
        "then press *Predict the price*."
    )


SPARSE_BELOW = 0.05
"""Fewer training districts than one in twenty are as lonely as this: the model had little to learn from."""


@dataclass(frozen=True)
class SupportWords:
    """A verdict, its colour, and what it means for the reader of the price."""

    verdict: str
    colour: Literal["green", "orange", "red"]
    meaning: str


def support_words(support: float) -> SupportWords:
    """Say what a support from 0 to 1 means.

    Examples
    --------
    >>> support_words(0.42).verdict, support_words(0.01).verdict, support_words(0.0).verdict
    ('Well supported', 'Sparse', 'Extrapolation')
    """
    if support <= 0:
        return SupportWords(
            "Extrapolation", "red", "No training district is like this: don't rely on the price."
        )
    if support < SPARSE_BELOW:
        meaning = f"Lonelier than {_share(1 - support)} of the training districts: trust it less."
        return SupportWords("Sparse", "orange", meaning)
    meaning = (
        f"At least as close to training districts as {_share(support)} of them are to each other."
    )
    return SupportWords("Well supported", "green", meaning)


def _share(share: float) -> str:
    return f"{min(share, 0.99):.0%}"


def support_line(support: float) -> str:
    """Return one line of Markdown: the verdict with its number, and the meaning."""
    words = support_words(support)
    return (
        f":{words.colour}-badge[{words.verdict} · support {support:.2f}] "
        f":small[:gray[{words.meaning}]]"
    )
