"""Below the prediction: contributions, sensitivity, the surroundings, and scenarios."""

import streamlit as st

from backend.contract.definition import HAS_PLACE
from backend.contract.predictions import PredictionResponse
from dashboard.predict.address import form_link
from dashboard.predict.contribution_chart import draw_contributions
from dashboard.predict.details import AnswerDetails, details_of
from dashboard.predict.goal import draw_goal
from dashboard.predict.nearest import draw_nearest
from dashboard.predict.scenario_comparison import draw_scenarios
from dashboard.predict.scenarios import MOST_SCENARIOS, is_pinned, pin, scenarios
from dashboard.predict.sensitivity_chart import draw_sensitivity
from dashboard.shared.service import asking_service
from dashboard.wording.value import escaped, written
from dashboard.wording.words import INPUTS, VALUE

TABS = ["Contributions", "Sensitivity", "Goal", "Map" if HAS_PLACE else "Nearest", "Scenarios"]


def draw_answer_tabs(answer: PredictionResponse | None) -> None:
    """Draw the tabs of a prediction; without one, the scenarios if there are any."""
    if answer is None:
        _draw_scenarios_alone()
        return
    details = details_of(answer)
    why, what_if, goal, around, pinned = st.tabs(TABS, key="predict_tab", on_change="rerun")
    if why.open:
        with why:
            _draw_contributions(details)
    if what_if.open:
        with what_if, asking_service():
            draw_sensitivity(details.sensitivity(), answer.input)
            _say_other_model(answer, details.sensitivity().model_version)
    if goal.open:
        with goal:
            draw_goal(answer)
    if around.open:
        with around, asking_service():
            draw_nearest(details.nearest(), answer.input)
    if pinned.open:
        with pinned:
            draw_scenarios()


def _draw_scenarios_alone() -> None:
    if scenarios():
        st.header("Scenarios", anchor=False)
        draw_scenarios()


def _draw_contributions(details: AnswerDetails) -> None:
    if not details.wants_explanation:
        _offer_explanation(details)
        return
    with asking_service():
        with st.spinner("Computing contributions …"):
            explained = details.explained()
        draw_contributions(explained)
        _say_other_model(details.answer, explained.model_version, explained.prediction)


def _offer_explanation(details: AnswerDetails) -> None:
    st.markdown(f"**Why this {VALUE}?**")
    st.caption(
        f"Shows how much each of the {INPUTS} adds to the average {VALUE}. It takes a moment, and the "
        "service logs it as a separate prediction."
    )
    st.button(
        f"Explain this {VALUE}",
        icon=":material/waterfall_chart:",
        key="predict_explain",
        on_click=details.want_explanation,
    )


def _say_other_model(answer: PredictionResponse, version: str, value: float | None = None) -> None:
    """Say if another model version computed this than the prediction above: the two may differ."""
    if version == answer.model_version:
        return
    told = "" if value is None else f" Its {VALUE} is {escaped(written(value))}."
    st.warning(
        f"This comes from another model version, `{version}`, than the {VALUE} above.{told} "
        "Predict again to get both from one version.",
        icon=":material/update:",
    )


def draw_actions(answer: PredictionResponse) -> None:
    """Draw the buttons under a prediction."""
    with st.container(horizontal=True, key="predict_actions"):
        _draw_pin(answer)
        with st.popover("Link to this form", icon=":material/link:", key="predict_link"):
            st.caption(f"Opens the form with these {INPUTS}.")
            st.code(form_link(st.context.url or "", answer.input), language=None, wrap_lines=True)


def _draw_pin(answer: PredictionResponse) -> None:
    pinned, full = is_pinned(answer), len(scenarios()) == MOST_SCENARIOS
    st.button(
        "Pinned" if pinned else "Pin this prediction",
        icon=":material/keep:",
        key="predict_pin",
        disabled=pinned or full,
        on_click=pin,
        args=(answer,),
        help=_pin_help(pinned=pinned, full=full),
    )


def _pin_help(*, pinned: bool, full: bool) -> str:
    if pinned:
        return "Already among the scenarios below."
    if full:
        return f"{MOST_SCENARIOS} scenarios are pinned already; unpin one first."
    return f"Keep it for comparison: up to {MOST_SCENARIOS}, under *Scenarios* below."
