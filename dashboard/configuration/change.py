"""Changing the configuration: what differs, and the dialog that asks who, why and with which key."""

import streamlit as st

from backend.contract.monitoring import ConfigResponse
from dashboard.configuration.form import Number, forget_form, label_of, written
from dashboard.shared.admin_key import ask_valid_key, attempt_with_key
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import ask_person
from dashboard.shared.reason_dialog import ReasonDialog, ask_reason

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
    person = ask_person("configure_person")
    reason = ask_reason("configure_reason")
    entered, is_valid = ask_valid_key("configure_key")
    ready = bool(changes and person and reason) and is_valid
    if primary_button("Change now", "configure_confirm", disabled=not ready):
        _change(changes, person, reason, entered)


def _change(changes: dict[str, Number], person: str, reason: str, entered: str) -> None:
    stored = attempt_with_key(
        entered,
        lambda client: client.change_monitoring_config(person=person, reason=reason, **changes),
    )
    if stored is None:
        return
    DIALOG.close()
    forget_form()
    st.session_state[DONE] = (
        f"Changed, as change {stored.version}. It is in force everywhere at once."
    )
    st.rerun()
