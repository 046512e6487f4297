"""Which predictions a page judges: of what time, and whose."""

from collections.abc import Iterable

import streamlit as st

from backend.contract.query.sources import Source
from dashboard.shared.sources import JUDGED, JUDGED_HELP, choose_sources

TRAFFIC_PIXELS = 190


def choose_judged(name: str, windows: Iterable[str], usual: str) -> tuple[str, tuple[Source, ...]]:
    """Let the operator choose a window and sources; ``name`` is the prefix of the keys."""
    chosen = st.segmented_control(
        "Predictions of the last",
        list(windows),
        default=usual,
        required=True,
        key=f"{name}_window",
        bind="query-params",
    )
    with st.container(width=TRAFFIC_PIXELS):
        sources = choose_sources(name, JUDGED, JUDGED_HELP)
    return str(chosen or usual), sources
