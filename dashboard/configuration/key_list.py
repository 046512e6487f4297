"""Who may use the service, as what, until when: the keys of the environment and the named ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from backend.contract.keys import KeyRow, KeysResponse
from dashboard.configuration.key_change import MAKE, REVOKE, ROTATE, draw_key_dialogs
from dashboard.shared.admin_key import ask_valid_key, attempt_with_key, forget_key, held_key
from dashboard.shared.column_width import column_width
from dashboard.shared.foreign_text import harmless
from dashboard.wording.moment import cell, column_title, moment

SHOWN = "keys_shown"
"""Session state: whether a key that may read them was accepted."""
ENVIRONMENT = (
    "The keys of the environment are shared by everybody who has them, and known by their roles only. Change "
    "them in `.env` or `runtime/keys.env` and restart the service; give each program and person a named key "
    "instead."
)
COLUMN_FORMAT = "YYYY-MM-DD HH:mm"


def draw_keys() -> None:
    """Draw the keys for who has an admin key, or the field for one."""
    st.header("Keys and people", anchor=False)
    if held_key() is None and not st.session_state.get(SHOWN):
        _ask_key()
        return
    found = attempt_with_key("", lambda client: client.keys())
    if found is None:
        st.session_state.pop(SHOWN, None)
        return
    _draw_list(found)
    _draw_buttons(found)
    draw_key_dialogs(found)


def key_cells(key: KeyRow) -> dict[str, Any]:
    """Return one row of the table."""
    return {
        "name": key.name if key.source == "named" else f"environment: {key.name}",
        "role": key.role.capitalize(),
        "state": state_words(key),
        "expires_at": _cell(key.expires_at),
        "last_used_at": _cell(key.last_used_at),
        "created_at": _cell(key.created_at),
        "created_by": key.created_by,
        "key_id": key.key_id,
        "reason": key.reason,
    }


def state_words(key: KeyRow) -> str:
    """Say what a key is worth.

    Examples
    --------
    >>> row = KeyRow(name="cron", role="viewer", source="named", state="revoked", revoked_by="Ada")
    >>> state_words(row), state_words(row.model_copy(update={"state": "valid"}))
    ('Revoked by Ada', 'Valid')
    """
    if key.state == "replaced" and key.expires_at is not None:
        return f"Replaced, until {moment(key.expires_at)}"
    if key.state == "revoked" and key.revoked_by:
        return f"Revoked by {key.revoked_by}"
    return key.state.capitalize()


def _ask_key() -> None:
    st.caption("Who has which key is for admins to see.")
    with st.container(width=420):
        entered, is_valid = ask_valid_key("keys_key")
    if not st.button("Show keys", icon=":material/key:", key="keys_show", disabled=not is_valid):
        return
    if attempt_with_key(entered, lambda client: client.keys()) is not None:
        st.session_state[SHOWN] = True
        st.rerun()


def _draw_list(found: KeysResponse) -> None:
    accepted = [key for key in found.keys if key.is_accepted]
    ended = [key for key in found.keys if not key.is_accepted]
    shown = accepted
    if ended and st.toggle(f"Show {len(ended)} that ended", key="keys_ended"):
        shown = accepted + ended
    cells = [key_cells(key) for key in shown]
    st.dataframe(
        harmless(cells),
        key="keys_list",
        height="content" if len(shown) <= 10 else 420,
        hide_index=True,
        column_config=_columns(cells),
        placeholder="–",
        alt="Keys, those of the environment first",
    )
    if any(key.source == "environment" for key in found.keys):
        st.caption(ENVIRONMENT)


def _draw_buttons(found: KeysResponse) -> None:
    has_named = any(key.source == "named" and key.is_accepted for key in found.keys)
    with st.container(horizontal=True):
        st.button("Make a key", icon=MAKE.icon, key="keys_make", on_click=MAKE.open)
        for dialog, label in ((ROTATE, "Rotate a key"), (REVOKE, "Revoke a key")):
            st.button(
                label,
                icon=dialog.icon,
                key=f"{dialog.key}_open",
                disabled=not has_named,
                on_click=dialog.open,
            )
        st.button("Hide keys", icon=":material/visibility_off:", key="keys_hide", on_click=_hide)


def _hide() -> None:
    """Hide the keys, and forget the admin key that showed them."""
    st.session_state.pop(SHOWN, None)
    forget_key()


def _columns(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    config = st.column_config
    times = {"expires_at": "Expires", "last_used_at": "Last use", "created_at": "Made"}
    widths = {
        name: column_width([row[name] for row in cells], 60, 260)
        for name in ("name", "role", "state")
    }
    return {
        "name": config.TextColumn("Name", width=widths["name"]),
        "role": config.TextColumn("Role", width=widths["role"]),
        "state": config.TextColumn("State", width=widths["state"]),
        **{
            name: config.DatetimeColumn(column_title(title), format=COLUMN_FORMAT, width=135)
            for name, title in times.items()
        },
        "created_by": config.TextColumn("By", width=110),
        "key_id": config.TextColumn("Id", width=120),
        "reason": config.TextColumn("Reason", width=200),
    }


def _cell(time: datetime | None) -> datetime | None:
    return None if time is None else cell(time)
