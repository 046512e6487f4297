"""The time zone in which times are written: the one chosen in the header, UTC without a choice."""

from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

KEY = "zone"
"""Of the header's choice, in the session and in the address."""
UTC_NAME = "UTC"


def zone_name() -> str:
    """Return the name of the zone, such as ``Europe/Berlin``."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return UTC_NAME  # not on a page
    return str(st.session_state.get(KEY) or UTC_NAME)


def shown_zone() -> ZoneInfo:
    """Return the zone."""
    return ZoneInfo(zone_name())
