"""What can be done with an answer: pin it as a scenario, pass on its form as a link."""

import streamlit as st

from backend.contract.predictions import PredictionResponse
from dashboard.predict.address import form_link
from dashboard.predict.scenarios import MOST_SCENARIOS, is_pinned, pin, scenarios


def draw_actions(answer: PredictionResponse) -> None:
    """Draw the buttons under a price."""
    with st.container(horizontal=True, key="predict_actions"):
        _draw_pin(answer)
        with st.popover("Link to this form", icon=":material/link:", key="predict_link"):
            st.caption("Whoever opens it finds the form filled with these eight numbers.")
            st.code(form_link(st.context.url or "", answer.input), language=None, wrap_lines=True)


def _draw_pin(answer: PredictionResponse) -> None:
    pinned, full = is_pinned(answer), len(scenarios()) == MOST_SCENARIOS
    st.button(
        "Pinned" if pinned else "Pin this answer",
        icon=":material/keep:",
        key="predict_pin",
        disabled=pinned or full,
        on_click=pin,
        args=(answer,),
        help=_pin_help(pinned=pinned, full=full),
    )


def _pin_help(*, pinned: bool, full: bool) -> str:
    if pinned:
        return "It stands among the scenarios below."
    if full:
        return f"{MOST_SCENARIOS} are pinned, which is all that fit; unpin one first."
    return f"Keep it to compare with others: up to {MOST_SCENARIOS}, under *Scenarios* below."
