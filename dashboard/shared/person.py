"""Who looks at the console, where that is known."""

import streamlit as st

from backend.contract.feedback import LONGEST_NAME
from dashboard.settings import dashboard_settings

HEADERS = ("X-Forwarded-Email", "X-Forwarded-User", "X-Auth-Request-Email", "Remote-User")
"""What proxies that sign people in tell of them; the first that is there counts."""


def ask_person(key: str) -> str:
    """Draw the field for the name of who acts; return what was entered, without blanks around it."""
    return st.text_input("Your name", signed_in_person(), key=key, max_chars=LONGEST_NAME).strip()


def signed_in_person() -> str:
    """Return the person that the proxy in front has signed in; empty without one.

    Without such a proxy, the headers are anybody's to write, so that they say nothing.
    """
    if not dashboard_settings().signed_in_by_proxy:
        return ""
    told = (st.context.headers.get(name) for name in HEADERS)
    return next((name.strip()[:LONGEST_NAME] for name in told if name and name.strip()), "")
