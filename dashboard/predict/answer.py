"""The result of the form: a prediction and how far to trust it, or what is wrong with the inputs."""

import html

import streamlit as st

from backend.client import ServiceRefused
from backend.contract.base import ValidationProblem
from backend.contract.definition import PRESETS, preset_of
from backend.contract.predictions import HousingFeatures, PredictionResponse
from dashboard.predict.edited import CARD, draw_edited_notice, watch_edits
from dashboard.predict.field import Value
from dashboard.predict.form import is_asked_about, show_in_address
from dashboard.predict.interval import interval_picture, interval_scale, interval_words
from dashboard.predict.remoteness import draw_remoteness
from dashboard.predict.support import support_line
from dashboard.predict.tabs import draw_actions
from dashboard.shared.service import asking_service, housing_client, is_said
from dashboard.wording.feature_words import BY_NAME
from dashboard.wording.value import NOTE, escaped, is_capped, recorded, unrounded, written
from dashboard.wording.words import A_SUBJECT, INPUTS, VALUE

ANSWER = "predict_answer"
"""Session state: the last response of the service, or its refusal."""


def ask_prediction(entered: dict[str, Value]) -> None:
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
    """Return the last response, if it was a prediction."""
    answer = st.session_state.get(ANSWER)
    return answer if isinstance(answer, PredictionResponse) else None


def draw_answer() -> None:
    """Draw the last response."""
    answer = st.session_state.get(ANSWER)
    with st.container(border=True, key=CARD):
        if isinstance(answer, PredictionResponse):
            _draw_prediction(answer)
        elif isinstance(answer, ServiceRefused) and not is_said(str(answer)):
            _draw_refusal(answer)
        else:
            _draw_nothing_yet()
    if isinstance(answer, PredictionResponse):
        watch_edits(answer.prediction_id)
    if NOTE:
        st.caption(NOTE)


def _draw_prediction(answer: PredictionResponse) -> None:
    with st.container(key="predict_remoteness"):
        draw_remoteness(answer)
    st.markdown(escaped(f"Predicted {VALUE}"))
    with st.container(key="predict_value"):
        # No Streamlit element sets a number this large; the text has only digits.
        st.html(
            '<div style="font-size:clamp(2.1rem,3.4vw,3.25rem);font-weight:650;line-height:1.05;'
            f'font-variant-numeric:tabular-nums">{html.escape(written(answer.prediction))}</div>'
        )
    draw_edited_notice()
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
        st.caption(f":material/history: The form has changed. Predict again to update the {VALUE}.")
    if is_capped(answer.prediction):
        st.caption("At the cap: the actual value may be higher.")


def _draw_interval(answer: PredictionResponse) -> None:
    with st.container(key="predict_interval", gap="xxsmall"):
        st.markdown(f"**{escaped(interval_words(answer.interval))}**")
        scale = interval_scale([answer.interval])
        st.html(interval_picture(answer.prediction, answer.interval, scale))


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
        "Unrounded": escaped(unrounded(answer.prediction)),
        "Model": answer.model_type,
        "Model version": f"`{answer.model_version}`",
        "Prediction ID": f"`{answer.prediction_id}`",
    }
    preset = preset_of(answer.input)
    if preset is not None:
        facts[f"Recorded {VALUE}"] = escaped(recorded(preset.recorded_value))
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
    st.markdown(f"**No {VALUE} yet**")
    choice = f"Choose {A_SUBJECT} or enter" if PRESETS else "Enter"
    st.caption(f"{choice} the {INPUTS} of {A_SUBJECT}, then select *Predict {VALUE}*.")
