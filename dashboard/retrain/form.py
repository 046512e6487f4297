"""Asking for a retraining: the reason, and the dialog that confirms it."""

import streamlit as st

from backend.contract.base import LONGEST_REASON
from dashboard.retrain.check import CheckReading, forget_check
from dashboard.retrain.reading import follow
from dashboard.shared.buttons import primary_button
from dashboard.shared.drift_words import spoken
from dashboard.shared.retraining_request import request_retraining

REASON = "retrain_reason"
CONFIRMING = "retrain_confirming"
"""Session state: whether the dialog is open; kept, so that it outlives a redrawing of the page."""


def draw_form(reading: CheckReading | None) -> None:
    """Draw the reason, proposed from the causes where there are some, and the button."""
    st.subheader("Ask for a retraining", anchor=False)
    st.text_area(
        "Reason",
        _proposed(reading),
        max_chars=LONGEST_REASON,
        height=130,
        key=REASON,
        placeholder="Why now, and what should become better",
        help="Kept with the retraining, on the timeline and in the audit.",
    )
    if primary_button("Ask for a retraining", "retrain_ask", icon=":material/model_training:"):
        if str(st.session_state[REASON]).strip():
            st.session_state[CONFIRMING] = True
        else:
            st.warning("Give a reason: it is kept with the retraining.", icon=":material/edit:")
    st.caption(
        "The worker trains every candidate, measures the best on rows that no model has seen, and lets it "
        "replace the champion only if the promotion gate passes. Meanwhile the champion answers."
    )
    if st.session_state.get(CONFIRMING, False):
        _confirm(reading)


def _proposed(reading: CheckReading | None) -> str:
    if reading is None or not reading.check.should_retrain:
        return ""
    return spoken(" ".join(reading.check.reasons))[:LONGEST_REASON]


def _end() -> None:
    st.session_state.pop(CONFIRMING, None)


@st.dialog(
    "Ask for a retraining", width="medium", icon=":material/model_training:", on_dismiss=_end
)
def _confirm(reading: CheckReading | None) -> None:
    reason = str(st.session_state[REASON]).strip()
    st.markdown(
        "The worker begins when it is free. It can be cancelled while it runs. Your reason:"
    )
    with st.container(border=True):
        st.text(reason)
    if reading is not None:
        for sentence in _against(reading):
            st.markdown(f":orange[:material/info: {sentence}]")
    if primary_button("Confirm the request", "retrain_confirm"):
        asked = request_retraining(reason)
        if asked is not None:
            follow(asked)
            _end()
            forget_check()
            st.session_state.pop(REASON, None)
            st.rerun()


def _against(reading: CheckReading) -> list[str]:
    nothing = [] if reading.check.should_retrain else ["The checks found no cause for it."]
    # That the automatic is off says nothing about a person's own wish.
    blocked = [one for one in reading.check.blocked_by if not one.startswith("Automatic")]
    return nothing + blocked
