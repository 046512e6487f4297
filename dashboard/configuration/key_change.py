"""Making, rotating and revoking a named key, each in a dialog; a new secret is shown once."""

import re
from collections.abc import Callable, Mapping
from typing import get_args

import streamlit as st

from backend.client import HousingClient
from backend.contract.keys import (
    LONGEST_NAME,
    NAME_FORM,
    NAME_RULE,
    KeyMadeResponse,
    KeyRow,
    KeysResponse,
    RoleName,
)
from dashboard.shared.admin_key import ask_valid_key, attempt_with_key
from dashboard.shared.buttons import primary_button
from dashboard.shared.person import ask_person
from dashboard.shared.reason_dialog import AUDITED, ReasonDialog, ask_reason
from dashboard.wording.foreign import plain
from dashboard.wording.moment import moment

MAKE = ReasonDialog("keys_making", "Make a key", ":material/add:")
ROTATE = ReasonDialog("keys_rotating", "Rotate a key", ":material/autorenew:")
REVOKE = ReasonDialog("keys_revoking", "Revoke a key", ":material/block:")
SECRET = ReasonDialog("keys_secret", "The new key", ":material/key:")
"""It is about the answer with the secret, which is forgotten when it closes."""
DONE = "keys_done"
"""Session state: which key was revoked last, to be said once."""
MAY: Mapping[RoleName, str] = {
    "viewer": "Viewer: reads and predicts",
    "operator": "Operator: also attaches actual values, asks for checks and retrainings",
    "admin": "Admin: also promotes, rolls back, configures, makes keys",
}
LASTING: Mapping[str, int | None] = {
    "30 days": 30,
    "90 days": 90,
    "180 days": 180,
    "1 year": 365,
    "No end": None,
}
OVERLAPS: Mapping[str, float] = {
    "Not at all": 0.0,
    "1 hour": 1.0,
    "1 day": 24.0,
    "7 days": 168.0,
    "30 days": 720.0,
}


def draw_key_dialogs(found: KeysResponse) -> None:
    """Draw what was done last, and the dialog that is open, if one is."""
    done = st.session_state.pop(DONE, None)
    if done is not None:
        st.success(done, icon=":material/check_circle:")
    named = [key for key in found.keys if key.source == "named"]
    MAKE.draw(lambda _: _make())
    ROTATE.draw(lambda _: _rotate([key for key in named if key.state == "valid"]))
    REVOKE.draw(lambda _: _revoke([key for key in named if key.is_accepted]))
    SECRET.draw(_show_secret, dismissible=False)


def _make() -> None:
    name = st.text_input(
        "Name of the key",
        key="keys_name",
        max_chars=LONGEST_NAME,
        placeholder="cron",
        help="Lower-case letters, digits, dots, dashes and underscores. Audit log and timeline show it.",
    ).strip()
    problem = name_problem(name)
    if problem is not None:
        st.error(problem, icon=":material/edit:")
    role: RoleName = st.selectbox(
        "Role", get_args(RoleName), format_func=MAY.__getitem__, key="keys_role"
    )
    lasting = st.selectbox("Accepted for", list(LASTING), index=1, key="keys_lasting")
    person, reason, entered, ready = _ask_who("keys_make")
    if primary_button(
        "Make it", "keys_make_confirm", disabled=problem is not None or not (name and ready)
    ):
        days = LASTING[lasting]
        _made(MAKE, entered, lambda client: client.create_key(name, role, person, reason, days))


def name_problem(name: str) -> str | None:
    """Say what is wrong with a key's name before it is sent; None if nothing is, or nothing is typed yet.

    Examples
    --------
    >>> name_problem("cron-2"), name_problem("")
    (None, None)
    >>> name_problem("Ada's laptop")
    'A name has lower-case letters, digits, dots, dashes and underscores, such as ada-laptop.'
    """
    if not name or re.fullmatch(NAME_FORM, name):
        return None
    return NAME_RULE


def _rotate(keys: list[KeyRow]) -> None:
    st.markdown("A new secret gets the name and the role; the old one is accepted for the overlap.")
    key = _ask_which(keys, "keys_rotate")
    overlap = st.selectbox("Accept the old one for", list(OVERLAPS), index=2, key="keys_overlap")
    person, reason, entered, ready = _ask_who("keys_rotate")
    confirmed = primary_button("Rotate it", "keys_rotate_confirm", disabled=not (key and ready))
    if confirmed and key is not None:
        key_id, hours = key.key_id or "", OVERLAPS[overlap]
        _made(ROTATE, entered, lambda client: client.rotate_key(key_id, person, reason, hours))


def _revoke(keys: list[KeyRow]) -> None:
    st.markdown("Every worker process refuses it from its next request on. It cannot be undone.")
    key = _ask_which(keys, "keys_revoke")
    person, reason, entered, ready = _ask_who("keys_revoke")
    confirmed = primary_button("Revoke it", "keys_revoke_confirm", disabled=not (key and ready))
    if not confirmed or key is None:
        return
    key_id = key.key_id or ""
    revoked = attempt_with_key(entered, lambda client: client.revoke_key(key_id, person, reason))
    if revoked is not None:
        REVOKE.close()
        st.session_state[DONE] = f"Revoked {key_words(revoked.key)}."
        st.rerun()


def key_words(key: KeyRow) -> str:
    """Tell a key from others, one of the same name among them.

    Examples
    --------
    >>> key_words(KeyRow(key_id="0123ab", name="cron", role="operator", source="named", state="replaced"))
    'cron (operator, 0123ab, replaced)'
    """
    replaced = ", replaced" if key.state == "replaced" else ""
    return f"{key.name} ({key.role}, {key.key_id}{replaced})"


def _ask_which(keys: list[KeyRow], name: str) -> KeyRow | None:
    by_id = {key.key_id or "": key for key in keys}
    chosen = st.selectbox(
        "Key", list(by_id), format_func=lambda key_id: key_words(by_id[key_id]), key=f"{name}_which"
    )
    return by_id.get(chosen) if chosen else None


def _ask_who(name: str) -> tuple[str, str, str, bool]:
    """Ask who, why and with which key; return them, and whether that is enough."""
    person = ask_person(f"{name}_person")
    reason = ask_reason(f"{name}_reason", height=80, kept=AUDITED)
    entered, is_valid = ask_valid_key(f"{name}_key")
    return person, reason, entered, bool(person and reason) and is_valid


def _made(
    dialog: ReasonDialog, entered: str, call: Callable[[HousingClient], KeyMadeResponse]
) -> None:
    made = attempt_with_key(entered, call)
    if made is not None:
        dialog.close()
        SECRET.open(made)
        st.rerun()


def _show_secret(made: KeyMadeResponse) -> None:
    key = made.key
    end = "without an end" if key.expires_at is None else f"until {moment(key.expires_at)}"
    st.markdown(f"**{plain(key.name)}**, {key.role}, accepted {end}.")
    st.code(made.secret, language=None, wrap_lines=True)
    st.warning(
        "This is the only time that the secret is shown. Copy it now and hand it over where others cannot "
        "read it; nothing keeps it, and a lost one can only be replaced.",
        icon=":material/visibility_off:",
    )
    if primary_button("I have copied it", "keys_secret_close"):
        SECRET.close()
        st.rerun()
