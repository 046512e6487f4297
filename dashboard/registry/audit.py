"""The audit log: who changed what, when and why, and whether it is intact."""

from http import HTTPStatus
from typing import Any

import streamlit as st

from backend.client import ServiceRefused
from backend.contract.audit import AuditQuery, AuditResponse, AuditRow, ChainState
from dashboard.shared.foreign_text import harmless
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.actor import actor_words
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title

NEWEST = 100
NO_ROLE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def draw_audit() -> None:
    """Read the newest entries and draw them; a key without the role gets a sentence of its own."""
    st.header("Audit log", anchor=False)
    with asking_service():
        try:
            found = housing_client().audit(AuditQuery(limit=NEWEST))
        except ServiceRefused as refused:
            if refused.error.status not in NO_ROLE:
                raise
            _draw_no_role(refused)
            return
        _draw_found(found)


def _draw_no_role(refused: ServiceRefused) -> None:
    with st.container(border=True, key="registry_audit_no_role", horizontal_alignment="center"):
        st.markdown("**The audit log needs an operator key**", text_alignment="center")
        st.markdown(str(refused), text_alignment="center")
        st.caption(
            "Start the console with an operator key in HOUSING_DASHBOARD_KEY.",
            text_alignment="center",
        )


def _draw_found(found: AuditResponse) -> None:
    with st.container(key="registry_chain"):
        if found.chain.holds:
            st.markdown(chain_words(found.chain))
        else:
            st.error(chain_words(found.chain), icon=":material/link_off:")
    if not found.entries:
        st.caption(
            "Promotions, rollbacks, configuration changes and other actions will appear here."
        )
        return
    with st.container(key="registry_entries"):
        st.dataframe(
            harmless(audit_cells(entry) for entry in found.entries),
            key="registry_audit",
            height="content" if found.total <= 10 else 420,
            hide_index=True,
            column_config=_columns(),
            placeholder="–",
            alt="Who changed what, newest first",
        )
    if found.total < found.chain.entries:
        st.caption(f"The newest {found.total:,} of {found.chain.entries:,} entries.")


def chain_words(chain: ChainState) -> str:
    """Say whether the log is intact, and what is wrong if not; Markdown."""
    if not chain.holds:
        return f"Audit log damaged: {chain.problem} Only the first {_entries(chain.entries)} can be verified."
    if not chain.entries:
        return ":green[:material/link:] No changes yet; the audit log is empty."
    note = f" {chain.note}" if chain.note else ""
    return f":green[:material/link: **Audit log intact**], {_entries(chain.entries)}.{note}"


def _entries(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"


def audit_cells(entry: AuditRow) -> dict[str, Any]:
    """Return one row of the table; a person who gave a name comes before the key."""
    person = entry.figures.get("person")
    return {
        "timestamp": cell(entry.timestamp),
        "actor": actor_words(entry.actor, person),
        "action": entry.action[:1].upper() + entry.action[1:],
        "subject": entry.subject,
        "reason": entry.reason,
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "timestamp": config.DatetimeColumn(column_title("Time"), format=COLUMN_FORMAT, width=135),
        "actor": config.TextColumn("Actor", width=110),
        "action": config.TextColumn("Action", width=110),
        "subject": config.TextColumn("Subject", width=140),
        "reason": config.TextColumn("Reason", width=265),
    }
