"""Writing a note on the timeline: what others should know when they look at this time."""

from datetime import datetime

import streamlit as st

from backend.contract.base import LONGEST_REASON
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import ask_person
from dashboard.shared.reason_dialog import ReasonDialog, attempt
from dashboard.shared.service import housing_client
from dashboard.timeline.time_range import InvalidRange, time_of
from dashboard.wording.zone import shown_zone, zone_name

DIALOG = ReasonDialog("overview_note", "Write a note", ":material/edit_note:")


def offer_note() -> None:
    """Draw the button. A dialog inside a live block would stop working: the page opens it."""
    if st.button("Write a note", icon=DIALOG.icon, key="overview_note_button", type="tertiary"):
        DIALOG.open()
        st.rerun()


def draw_note() -> None:
    """Draw the dialog if the button was pressed; for the page, outside its live block."""
    DIALOG.draw(_write)


def _write(_: object) -> None:
    st.markdown("Everybody sees it among the events and as a mark **N** on charts of that time.")
    person = ask_person("note_person")
    note = (
        st.text_area("Note", max_chars=LONGEST_REASON, height=120, key="note_text") or ""
    ).strip()
    written = st.text_input(f"Time, {zone_name()}", key="note_time", placeholder="now").strip()
    moment: datetime | None = None
    try:
        moment = time_of(written, shown_zone()) if written else None
    except InvalidRange as problem:
        st.error(str(problem), icon=":material/error:")
        return
    if primary_button("Write a note", "note_confirm", disabled=not (person and note)):
        answer = attempt(lambda: housing_client().write_note(person, note, moment))
        if answer is not None:
            DIALOG.close()
            st.rerun()
