"""Ask for a retraining with the window that is looked at: a button, a confirmation, the trigger's id."""

import streamlit as st

from backend.client import ClientError
from backend.contract.base import LONGEST_REASON
from backend.contract.drift import DriftWindowResponse
from backend.contract.monitoring import DataWindow
from dashboard.shared.buttons import primary_button
from dashboard.shared.drift_words import retraining_reason
from dashboard.shared.moment import period
from dashboard.shared.service import failure_sentence, housing_client

ASKED = "drift_asked"
"""Session state: the answer to the last request."""
CONFIRMING = "drift_confirming"
"""Session state: whether the dialog is open; kept, so that it outlives a redrawing of the page."""
REASON = "drift_reason"


def draw_retraining_request(found: DriftWindowResponse) -> None:
    """Draw the button, and what became of the last request."""
    st.button(
        "Ask for retraining with this window",
        icon=":material/model_training:",
        key="drift_ask",
        on_click=_begin,
    )
    if st.session_state.get(CONFIRMING, False):
        _confirm(found)
    asked = st.session_state.get(ASKED)
    if asked is not None:
        with st.container(key="drift_asked_for"):
            st.success(
                f"Retraining asked for: trigger `{asked}`. The worker takes it up when it is free; "
                "the Retrain page follows it.",
                icon=":material/check_circle:",
            )
            if st.button("Follow it", key="drift_follow", icon=":material/model_training:"):
                st.switch_page("retrain/page.py")


def _begin() -> None:
    st.session_state.pop(ASKED, None)
    st.session_state[CONFIRMING] = True


def _end() -> None:
    st.session_state.pop(CONFIRMING, None)


@st.dialog("Ask for retraining", width="medium", icon=":material/model_training:", on_dismiss=_end)
def _confirm(found: DriftWindowResponse) -> None:
    st.markdown(
        "The worker will train a challenger on the base data and the labelled predictions, with this "
        f"window in mind: **{period(found.since, found.until)}**, "
        f"{found.drift_analysis.n_samples:,} predictions. It serves only if it proves better."
    )
    reason = st.text_area(
        "Reason",
        retraining_reason(found),
        max_chars=LONGEST_REASON,
        height=150,
        key=REASON,
        help="Kept with the trigger and in the timeline.",
    )
    if primary_button("Confirm the request", "drift_confirm", disabled=not reason.strip()):
        window = DataWindow(since=found.since, until=found.until)
        asked = request_retraining(reason.strip(), window)
        if asked is not None:
            st.session_state[ASKED] = asked
            _end()
            st.rerun()


def request_retraining(reason: str, window: DataWindow | None = None) -> str | None:
    """Ask for a retraining and return its id; a refusal is said in its place, and None returned."""
    try:
        return housing_client().trigger_retraining(reason, window).trigger_id
    except ClientError as error:
        st.error(failure_sentence(error), icon=":material/error:")
        return None
