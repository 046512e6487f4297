"""Changing the configuration: what differs, and the dialog that asks who, why and with which key."""

import streamlit as st

from backend.client import ClientError
from backend.contract.feedback import LONGEST_NAME
from backend.contract.monitoring import ConfigResponse
from dashboard.configuration.form import Number, forget_form, label_of, written
from dashboard.shared.admin_key import ask_key, draw_held_key, held_key, keep_key, key_problem
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import signed_in_person
from dashboard.shared.reason_dialog import ReasonDialog, ask_reason
from dashboard.shared.service import failure_sentence, new_client

DIALOG = ReasonDialog("configure", "Change the configuration", ":material/tune:")
DONE = "configured"
"""Session state: what was changed last, to be said once."""


def draw_change(found: ConfigResponse, changes: dict[str, Number]) -> None:
    """Draw the buttons where something differs, and the dialog while it is open."""
    done = st.session_state.pop(DONE, None)
    if done is not None:
        st.success(done, icon=":material/check_circle:")
    with st.container(horizontal=True):
        st.button(
            f"Change {len(changes)} value{'' if len(changes) == 1 else 's'}"
            if changes
            else "Change values",
            icon=DIALOG.icon,
            key="configure_open",
            disabled=not changes,
            on_click=DIALOG.open,
        )
        if changes:
            st.button("Back to what is in force", key="configure_back", on_click=forget_form)
    DIALOG.draw(lambda _: _ask(found, changes))


def change_lines(found: ConfigResponse, changes: dict[str, Number]) -> list[str]:
    """Return each change in words, such as "Window: 24 h becomes 12 h"."""
    known = {value.name: value for value in found.definitions}
    return [
        f"**{label_of(known[name]).partition(',')[0]}**: "
        f"{written(getattr(found.config, name), known[name].unit)} becomes "
        f"{written(value, known[name].unit)}"
        for name, value in changes.items()
    ]


def _ask(found: ConfigResponse, changes: dict[str, Number]) -> None:
    st.markdown("\n".join(f"- {line}" for line in change_lines(found, changes)))
    person = st.text_input(
        "Your name", signed_in_person(), key="configure_person", max_chars=LONGEST_NAME
    ).strip()
    reason = ask_reason("configure_reason")
    draw_held_key()
    entered = ask_key("configure_key")
    problem = key_problem(entered)
    if problem is not None:
        st.error(problem, icon=":material/edit:")
    ready = bool(changes and person and reason) and problem is None
    if primary_button("Change now", "configure_confirm", disabled=not ready):
        _change(changes, person, reason, entered)


def _change(changes: dict[str, Number], person: str, reason: str, entered: str) -> None:
    try:
        with new_client(entered or held_key()) as client:
            stored = client.change_monitoring_config(person=person, reason=reason, **changes)
    except ClientError as error:
        st.error(failure_sentence(error), icon=":material/error:")
        return
    if entered:
        keep_key(entered)
    DIALOG.close()
    forget_form()
    st.session_state[DONE] = (
        f"Changed, as change {stored.version}. It is in force everywhere at once."
    )
    st.rerun()
