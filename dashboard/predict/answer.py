"""The result of the form: a price and how far to trust it, or what is wrong with the inputs."""

import streamlit as st

from backend.client import ServiceRefused
from backend.contract.base import ValidationProblem
from backend.contract.predictions import FEATURE_NAMES, HousingFeatures, PredictionResponse
from backend.contract.table import SUBJECT, district_of
from dashboard.predict.form import is_asked_about, show_in_address
from dashboard.predict.interval import interval_picture, interval_words
from dashboard.predict.support import support_line
from dashboard.predict.tabs import draw_actions
from dashboard.shared.feature_words import BY_NAME
from dashboard.shared.price import (
    CENSUS_NOTE,
    dollars,
    escaped,
    is_capped,
    recorded_dollars,
)
from dashboard.shared.service import asking_service, housing_client, is_said

ANSWER = "predict_answer"
"""Session state: the last response of the service, or its refusal."""


def ask_price(entered: dict[str, float]) -> None:
    """Send the form and keep the response. The service validates it, so empty fields are sent too."""
    st.session_state.pop(ANSWER, None)
    with asking_service():
        try:
            features = HousingFeatures.model_construct(None, **entered)
            answer = st.session_state[ANSWER] = housing_client().predict(features)
            show_in_address(answer.input)
        except ServiceRefused as refusal:
            st.session_state[ANSWER] = refusal


def last_answer() -> PredictionResponse | None:
    """Return the last response, if it was a price."""
    answer = st.session_state.get(ANSWER)
    return answer if isinstance(answer, PredictionResponse) else None


def draw_answer() -> None:
    """Draw the last response."""
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
        # No Streamlit element sets a number this large; the text has only digits.
        st.html(
            '<div style="font-size:3.25rem;font-weight:650;line-height:1.05;'
            f'font-variant-numeric:tabular-nums">{dollars(answer.prediction)}</div>'
        )
    # In containers of their own, so that what follows keeps its place and is not drawn twice.
    with st.container(key="predict_notes"):
        _draw_notes(answer)
    _draw_interval(answer)
    with st.container(key="predict_support"):
        st.markdown(support_line(answer.support))
    with st.container(key="predict_warnings"):
        _draw_warnings(answer)
    draw_actions(answer)
    st.table(_facts(answer), border="horizontal", alt="Details of this prediction")


def _draw_notes(answer: PredictionResponse) -> None:
    if not is_asked_about(answer.input):
        st.caption(":material/history: The form has changed. Predict again to update the price.")
    if is_capped(answer.prediction):
        st.caption("At the census cap: the actual value may be higher.")


def _draw_interval(answer: PredictionResponse) -> None:
    with st.container(key="predict_interval", gap="xxsmall"):
        st.markdown(f"**{escaped(interval_words(answer.interval))}**")
        st.html(interval_picture(answer.prediction, answer.interval))


def _draw_warnings(answer: PredictionResponse) -> None:
    if not answer.warnings:
        return
    listed = [f"- {escaped(warning.message)}" for warning in answer.warnings]
    st.warning(
        "\n".join(["Outside the usual training data, so less reliable:", "", *listed]),
        icon=":material/warning:",
    )


def _facts(answer: PredictionResponse) -> dict[str, str]:
    facts = {
        "Unrounded": f"{answer.prediction:.4f} × 100,000 USD",
        "Model": answer.model_type,
        "Model version": f"`{answer.model_version}`",
        "Prediction ID": f"`{answer.prediction_id}`",
    }
    district = district_of(answer.input)
    if district is not None:
        facts["1990 census value"] = escaped(recorded_dollars(district.recorded_value))
    return facts


def _draw_refusal(refusal: ServiceRefused) -> None:
    problems = refusal.error.validation_errors or []
    if not problems:
        st.error(escaped(str(refusal)), icon=":material/block:")
        return
    st.error("Check the inputs:", icon=":material/block:")
    st.markdown("\n".join(f"- {problem_words(problem)}" for problem in problems))


def problem_words(problem: ValidationProblem) -> str:
    """Say what is wrong with an input, as Markdown.

    Examples
    --------
    >>> problem_words(ValidationProblem(field="Population", message="Field required", kind="missing"))
    'Enter a value for **Population**.'
    """
    feature = BY_NAME.get(problem.field)
    label = feature.label if feature is not None else problem.field
    if problem.kind == "missing":
        return f"Enter a value for **{label}**."
    return f"**{label}**: {escaped(problem.message)}"


def _draw_nothing_yet() -> None:
    st.markdown("**No price yet**")
    st.caption(
        f"Choose a district or enter the {len(FEATURE_NAMES)} inputs of a {SUBJECT}, "
        "then select *Predict price*."
    )
