"""Trying the routes: a test message on each of them, and which of them took it."""

import streamlit as st

from backend.contract.alerts import TriedRoute
from dashboard.shared.admin_key import ask_valid_key, attempt_with_key
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import ask_person
from dashboard.shared.reason_dialog import ReasonDialog
from dashboard.wording.foreign import plain

DIALOG = ReasonDialog("alerts_trial", "Try the routes", ":material/send:")
REASON = "Tried from the console."


def offer_trial() -> None:
    """Draw the button. A dialog inside a live block would stop working: the page opens it."""
    if st.button("Try the routes", icon=DIALOG.icon, key="alerts_try"):
        DIALOG.open()
        st.rerun()


def draw_trial() -> None:
    """Draw the dialog if the button was pressed; for the page, outside its live blocks."""
    DIALOG.draw(_ask)


def _ask(_: object) -> None:
    st.markdown("Each route gets one message that says it is a test. It needs the role admin.")
    person = ask_person("trial_person")
    entered, is_valid = ask_valid_key("trial_key")
    if primary_button("Send a test message", "trial_confirm", disabled=not (person and is_valid)):
        with st.spinner("Waiting for each route to answer …"):
            _try(person, entered)


def _try(person: str, entered: str) -> None:
    found = attempt_with_key(entered, lambda client: client.test_alert_routes(person, REASON))
    for route in found.routes if found is not None else ():
        st.markdown(result_sentence(route))


def result_sentence(route: TriedRoute) -> str:
    """Say whether a route took the message.

    Examples
    --------
    >>> result_sentence(TriedRoute(route="mailto 1", delivered=False, problem="Nothing answers."))
    ':red[:material/error:] **mailto 1** did not take it: Nothing answers.'
    """
    name = f"**{plain(route.route)}**"
    if route.delivered:
        return f":green[:material/check_circle:] {name} took it."
    if route.delivered is None:
        return f":orange[:material/hourglass_empty:] {name} has not answered yet. Is the monitor running?"
    return f":red[:material/error:] {name} did not take it: {plain(route.problem or 'no reason')}"
