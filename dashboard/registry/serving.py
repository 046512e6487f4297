"""The version that serves: since when, who made it the champion, and the promotion gate's verdict on it."""

import streamlit as st

from backend.contract.models.registry import ModelsResponse, PointerMove
from backend.contract.models.version import VersionResponse
from dashboard.shared.gate_verdict import draw_verdict
from dashboard.wording.moment import moment

MOVED: dict[PointerMove, str] = {
    "gate": "promoted by the promotion gate",
    "command line": "the first model, from the command line",
    "promotion": "promoted by a person",
    "rollback": "a person rolled back to it",
    "watch": "the watch over a promotion rolled back to it",
}


def draw_serving(report: VersionResponse, models: ModelsResponse) -> None:
    """Draw the verdict on the version that serves."""
    st.header("Serving now", anchor=False)
    st.caption(serving_words(models))
    draw_verdict(report, "registry_serving")


def serving_words(models: ModelsResponse) -> str:
    """Say since when it serves, and why."""
    since = f"Since {moment(models.changed_at)}" if models.changed_at is not None else "Since ever"
    why = f": {MOVED[models.moved_by]}" if models.moved_by is not None else ""
    return f"{since}{why}. The audit log below says who did it and for which reason."
