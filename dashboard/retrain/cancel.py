"""Cancelling a retraining: the button in the live block, and the dialog that asks for the reason."""

import streamlit as st

from backend.contract.retraining.runs import RetrainingResponse
from dashboard.shared.buttons import primary_button
from dashboard.shared.reason_dialog import ReasonDialog, ask_reason, attempt
from dashboard.shared.service import housing_client

DIALOG = ReasonDialog("retrain_cancelling", "Cancel this retraining", ":material/block:")


def offer_cancelling(job: RetrainingResponse) -> None:
    """Draw the button. A dialog inside a live block would stop working: the page opens it."""
    pressed = st.button(
        "Cancel",
        icon=":material/block:",
        key="retrain_cancel",
        disabled=job.cancellation is not None,
    )
    if pressed:
        DIALOG.open(job.trigger_id)
        st.rerun()


def draw_cancelling() -> None:
    """Draw the dialog if the button was pressed; for the page, outside its live blocks."""
    DIALOG.draw(_confirm)


def _confirm(trigger_id: str) -> None:
    st.markdown(
        f"Retraining `{trigger_id}` stops after its current step, or at once if it is still queued. "
        "The champion keeps serving."
    )
    reason = ask_reason("retrain_cancel_reason")
    if primary_button("Cancel retraining", "retrain_cancel_confirm", disabled=not reason):
        answer = attempt(lambda: housing_client().cancel_retraining(trigger_id, reason))
        if answer is not None:
            DIALOG.close()
            st.rerun()
