"""Whose predictions a page judges."""

import streamlit as st

from backend.contract.query.sources import Source
from dashboard.shared.sources import JUDGED, JUDGED_HELP, choose_sources

TRAFFIC_PIXELS = 190


def choose_judged(name: str) -> tuple[Source, ...]:
    """Let the operator choose sources; ``name`` is the prefix of the key."""
    with st.container(width=TRAFFIC_PIXELS):
        return choose_sources(name, JUDGED, JUDGED_HELP)
