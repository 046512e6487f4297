"""The verdict on a window: how severe, why, and whether to act; or that there is none."""

import streamlit as st

from backend.contract.drift import DriftWindowResponse
from dashboard.wording.drift_words import drifted_words, verdict
from dashboard.wording.moment import period


def draw_verdict(found: DriftWindowResponse) -> None:
    """Draw the verdict in words."""
    analysis = found.drift_analysis
    words = verdict(analysis)
    with st.container(border=True, key="drift_verdict"):
        st.markdown(
            f"### :{words.colour}[:material/{words.icon}: {words.title}]"
            f" :small[:gray[{drifted_words(analysis)}]]"
        )
        st.markdown(_alarm_words(found))
        st.markdown("\n".join(f"- {reason}" for reason in analysis.reasons))
        st.caption(sample_words(found))


def _alarm_words(found: DriftWindowResponse) -> str:
    alarm = found.alarm
    if alarm.raised:
        return f":red-badge[:material/notifications_active: Alarm] {alarm.reason}"
    return f":gray-badge[:material/notifications: No alarm] {alarm.reason}"


def sample_words(found: DriftWindowResponse) -> str:
    """Say what was compared with what."""
    rows = f"{found.drift_analysis.n_samples:,} predictions"
    which = f"The newest {rows}" if found.truncated else rows
    return (
        f"{which}, {period(found.since, found.until)}, compared with the training data of "
        f"`{found.model_version}`.{_repeated_words(found)}"
    )


def _repeated_words(found: DriftWindowResponse) -> str:
    analysis = found.drift_analysis
    if analysis.different_rows == analysis.n_samples:
        return ""
    return f" {analysis.different_rows:,} of them are different: equal ones count once."


def draw_no_verdict(found: DriftWindowResponse) -> None:
    """Say that there are too few rows, and what helps."""
    needed = int(found.drift_analysis.thresholds["minimum_rows"])
    with st.container(border=True, key="drift_no_verdict", horizontal_alignment="center"):
        st.space("small")
        st.markdown("**Not enough data**", text_alignment="center")
        st.markdown(
            f"This period has {found.drift_analysis.n_samples:,} predictions; at least {needed:,} are "
            f"needed. There may still be drift.{_repeated_words(found)}",
            text_alignment="center",
        )
        st.caption(
            f"{period(found.since, found.until)}. Choose a longer period, or refresh after more predictions.",
            text_alignment="center",
        )
        st.space("small")
