"""Request a retraining with data from the period on display: a button, a dialog, a link to follow it."""

import streamlit as st

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.monitoring import DataWindow, RequestedSource, TrainingPlan
from dashboard.navigation import RETRAIN
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import signed_in_person
from dashboard.shared.reason_dialog import ReasonDialog, ask_reason, attempt
from dashboard.shared.service import housing_client
from dashboard.wording.drift_words import retraining_reason
from dashboard.wording.moment import period

REQUESTED = "drift_asked"
"""Session state: the id of the retraining that was requested last."""
DIALOG = ReasonDialog("drift_confirming", "Request retraining", ":material/model_training:")


def draw_retraining_request(found: DriftWindowResponse) -> None:
    """Draw the button, and the result of the last request."""
    st.button(
        "Request retraining with this data",
        icon=":material/model_training:",
        key="drift_ask",
        on_click=_begin,
    )
    DIALOG.draw(lambda _: _confirm(found))
    requested = st.session_state.get(REQUESTED)
    if requested is not None:
        with st.container(key="drift_asked_for"):
            st.success(
                f"Retraining `{requested}` requested. It starts when the worker is free.",
                icon=":material/check_circle:",
            )
            RETRAIN.link("Follow progress")


def _begin() -> None:
    st.session_state.pop(REQUESTED, None)
    DIALOG.open()


def _confirm(found: DriftWindowResponse) -> None:
    st.markdown(
        "The worker trains a challenger on the base data and the labelled predictions, using data from "
        f"this period: **{period(found.since, found.until)}**, {found.drift_analysis.n_samples:,} "
        "predictions. It replaces the champion only if it passes the promotion gate."
    )
    reason = ask_reason("drift_reason", retraining_reason(found), height=150)
    if primary_button("Confirm request", "drift_confirm", disabled=not reason):
        window = DataWindow(since=found.since, until=found.until)
        requested = request_retraining(reason, _source(found), window)
        if requested is not None:
            st.session_state[REQUESTED] = requested
            DIALOG.close()
            st.rerun()


def _source(found: DriftWindowResponse) -> RequestedSource:
    return "drift" if found.drift_analysis.overall_drift else "manual"


def request_retraining(
    reason: str,
    source: RequestedSource,
    window: DataWindow | None = None,
    *,
    force: bool = False,
    person: str | None = None,
    plan: TrainingPlan | None = None,
) -> str | None:
    """Request a retraining and return its id; a refusal is shown in its place, and None returned."""
    answer = attempt(
        lambda: housing_client().trigger_retraining(
            reason,
            window,
            source,
            force=force,
            person=person or signed_in_person() or None,
            plan=plan,
        )
    )
    return answer.trigger_id if answer is not None else None
