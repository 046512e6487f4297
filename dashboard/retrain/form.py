"""Requesting a retraining: the reason, and the dialog that confirms it."""

import streamlit as st

from backend.contract.base import LONGEST_REASON
from backend.contract.monitoring import RequestedSource, TrainingPlan
from backend.contract.retraining.learnable import LearnableResponse
from dashboard.retrain.check import CheckReading, forget_check
from dashboard.retrain.plan import draw_plan
from dashboard.retrain.reading import follow
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import ask_person
from dashboard.shared.reason_dialog import ReasonDialog, ask_reason
from dashboard.shared.retraining_request import request_retraining
from dashboard.wording.plan_words import plan_words
from dashboard.wording.value import escaped

REASON = "retrain_reason"
DIALOG = ReasonDialog("retrain_confirming", "Request retraining", ":material/model_training:")


def draw_form(reading: CheckReading | None, usual: LearnableResponse | None) -> None:
    """Draw the reason, filled in from the causes if there are any, what may be changed, and the button.

    ``usual`` is what the settings say of a retraining; without it, nothing may be changed.
    """
    st.header("Request retraining", anchor=False)
    reason = ask_reason(
        REASON,
        _proposed(reading),
        height=130,
        placeholder="Why now, and what should improve",
    )
    plan = draw_plan(usual) if usual is not None else None
    if primary_button("Request retraining", "retrain_ask", icon=":material/model_training:"):
        if reason:
            DIALOG.open(reason)
        else:
            st.warning("Enter a reason.", icon=":material/edit:")
    st.caption(
        "The worker trains every candidate and tests the best one on unseen rows. It replaces the "
        "champion only if it passes the promotion gate. The champion keeps serving meanwhile."
    )
    DIALOG.draw(lambda confirmed: _confirm(confirmed, reading, plan))


def _proposed(reading: CheckReading | None) -> str:
    if reading is None or not reading.check.should_retrain:
        return ""
    return " ".join(reading.check.reasons)[:LONGEST_REASON]


def _source(reading: CheckReading | None) -> RequestedSource:
    """Return the cause on display: a request made under it acts on it."""
    return (reading.check.source if reading is not None else None) or "manual"


def _confirm(reason: str, reading: CheckReading | None, plan: TrainingPlan | None) -> None:
    st.markdown("It starts when the worker is free, and can be cancelled. Your reason:")
    with st.container(border=True):
        st.text(reason)
        if plan is not None:
            st.markdown(f"Otherwise than usual: {escaped(plan_words(plan))}.")
    if reading is not None:
        for sentence in _against(reading):
            st.markdown(f":orange[:material/info: {sentence}]")
    person = ask_person("retrain_person")
    force = st.checkbox(
        "Train even if there is nothing new to learn",
        key="retrain_force",
        help="Otherwise it ends at once if rows, candidates and settings are those of the champion.",
    )
    if primary_button("Confirm request", "retrain_confirm"):
        requested = request_retraining(
            reason, _source(reading), force=force, person=person, plan=plan
        )
        if requested is not None:
            follow(requested)
            DIALOG.close()
            forget_check()
            st.session_state.pop(REASON, None)
            st.rerun()


def _against(reading: CheckReading) -> list[str]:
    check = reading.check
    no_cause = [] if check.should_retrain else ["The checks found no reason to retrain."]
    # Automatic retraining being off says nothing against a person's request.
    return no_cause + [one.sentence for one in check.blocks if one.kind != "automatic_off"]
