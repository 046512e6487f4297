"""What a person does about an alert: the buttons, and the dialog that asks who and why."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from backend.client import HousingClient
from backend.contract.alerts import AlertResponse, AlertRow
from backend.contract.base import LONGEST_REASON
from backend.contract.feedback import LONGEST_NAME
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import ask_person
from dashboard.shared.reason_dialog import ReasonDialog, ask_reason, attempt
from dashboard.shared.service import housing_client

DIALOG = ReasonDialog("alerts_act", "Alert", ":material/notifications:")
ACKNOWLEDGE, SILENCE, END_SILENCE, NOTE = "Acknowledge", "Silence", "End silence", "Write a note"
MEANINGS = {
    ACKNOWLEDGE: "No message repeats it any more; its end is still told.",
    SILENCE: "Nothing is sent about this rule until then, not even if it ends and comes back.",
    END_SILENCE: "Messages about this rule are sent again.",
    NOTE: "Others see it at the alert.",
}
SPANS = {
    "1 hour": timedelta(hours=1),
    "4 hours": timedelta(hours=4),
    "1 day": timedelta(days=1),
    "1 week": timedelta(days=7),
}


def offer_acts(alert: AlertRow) -> None:
    """Draw the buttons of one alert. A dialog inside a live block would stop working: the page opens it."""
    acts = [NOTE] if alert.acknowledged_at is not None else [ACKNOWLEDGE, NOTE]
    acts.insert(-1, END_SILENCE if alert.state == "silenced" else SILENCE)
    with st.container(horizontal=True):
        for act in acts:
            key = f"alerts_{act.lower().replace(' ', '_')}_{alert.alert_id}"
            if st.button(act, key=key):
                DIALOG.open((act, alert))
                st.rerun()


def draw_acts() -> None:
    """Draw the dialog if a button was pressed; for the page, outside its live blocks."""
    act, _ = st.session_state.get(DIALOG.key, (DIALOG.title, None))
    DIALOG.draw(_confirm, act)


def _confirm(asked: tuple[str, AlertRow]) -> None:
    act, alert = asked
    st.markdown(f"**{alert.title}.** {MEANINGS[act]}")
    span = st.selectbox("For", list(SPANS), key="alerts_span") if act == SILENCE else None
    person = ask_person("alerts_person")
    owner = (
        st.text_input(
            "Owner", key="alerts_owner", max_chars=LONGEST_NAME, placeholder="You"
        ).strip()
        if act == ACKNOWLEDGE
        else ""
    )
    reason = _ask_note() if act == NOTE else ask_reason("alerts_reason")
    if primary_button(act, "alerts_confirm", disabled=not (person and reason)):
        until = datetime.now(UTC) + SPANS[span] if span is not None else None
        client = housing_client()
        answer = attempt(lambda: _do(client, act, alert.alert_id, person, reason, owner, until))
        if answer is not None:
            DIALOG.close()
            st.rerun()


def _ask_note() -> str:
    written = st.text_area("Note", max_chars=LONGEST_REASON, height=120, key="alerts_note")
    return (written or "").strip()


def _do(
    client: HousingClient,
    act: str,
    alert_id: str,
    person: str,
    reason: str,
    owner: str,
    until: datetime | None,
) -> AlertResponse:
    if act == ACKNOWLEDGE:
        return client.acknowledge_alert(alert_id, person, reason, owner or None)
    if act == NOTE:
        return client.note_alert(alert_id, person, reason)
    return client.silence_alert(alert_id, person, reason, until)
