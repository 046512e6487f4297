"""What the change costs, and its cause: figures with their intervals, and what they leave out."""

import streamlit as st

from backend.contract.drift.harm import DriftHarm
from dashboard.wording.harm_words import cause_title, cost_words, harm_figures
from dashboard.wording.value import escaped


def draw_harm(harm: DriftHarm) -> None:
    """Draw the cause first, then each figure on a line of its own, then sentences on what they leave out."""
    words = cause_title(harm.cause.name)
    with st.container(border=True, key="drift_harm"):
        st.markdown(f"## :{words.colour}[:material/{words.icon}: {words.title}]")
        st.markdown(escaped(harm.cause.reason))
        figures = harm_figures(harm)
        if figures:
            st.table(figures, border="horizontal", alt="What the change costs")
        st.caption(escaped(cost_words(harm)))
