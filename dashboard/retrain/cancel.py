"""Cancelling a retraining: the button in the live block, and the dialog that asks for the reason."""

import streamlit as st

from backend.client import ClientError
from backend.contract.base import LONGEST_REASON
from backend.contract.retraining import RetrainingResponse
from dashboard.shared.buttons import primary_button
from dashboard.shared.service import failure_sentence, housing_client

CANCELLING = "retrain_cancelling"
"""Session state: the id of the retraining that the open dialog is about."""


def offer_cancelling(job: RetrainingResponse) -> None:
    """Draw the button. A dialog inside a live block would go dead: it is opened by the page."""
    pressed = st.button(
        "Cancel it",
        icon=":material/block:",
        key="retrain_cancel",
        disabled=job.cancellation is not None,
    )
    if pressed:
        st.session_state[CANCELLING] = job.trigger_id
        st.rerun()


def draw_cancelling() -> None:
    """Open the dialog, if the button was pressed; for the page, outside of its live blocks."""
    trigger_id = st.session_state.get(CANCELLING)
    if trigger_id is not None:
        _confirm(trigger_id)


def _end() -> None:
    st.session_state.pop(CANCELLING, None)


@st.dialog("Cancel this retraining", width="medium", icon=":material/block:", on_dismiss=_end)
def _confirm(trigger_id: str) -> None:
    st.markdown(
        f"Retraining `{trigger_id}` stops when the step that it is at ends, or at once if it only waits. "
        "Nothing of it will serve; the champion stays."
    )
    reason = st.text_area(
        "Reason",
        max_chars=LONGEST_REASON,
        key="retrain_cancel_reason",
        help="Kept with the retraining, on the timeline and in the audit.",
    )
    pressed = primary_button(
        "Cancel the retraining", "retrain_cancel_confirm", disabled=not reason.strip()
    )
    if pressed:
        _cancel(trigger_id, reason.strip())


def _cancel(trigger_id: str, reason: str) -> None:
    try:
        housing_client().cancel_retraining(trigger_id, reason)
    except ClientError as error:
        st.error(failure_sentence(error), icon=":material/error:")
        return
    _end()
    st.rerun()
