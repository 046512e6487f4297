"""The verdict on a window: how severe, why, and whether to act; or that there is none."""

from collections.abc import Sequence

import streamlit as st

from backend.contract.drift.analysis import DriftWindowResponse
from dashboard.shared.sources import left_out_words
from dashboard.shared.verdict_age import draw_age
from dashboard.wording.drift_words import drifted_words, usual_verdict, usual_words, verdict
from dashboard.wording.moment import period
from dashboard.wording.reference_words import compared_title, reference_words, segment_words

MOST_REASONS = 10
"""A wide table may have hundreds."""


def draw_verdict(found: DriftWindowResponse) -> None:
    """Draw both verdicts in words, the one that the alarm follows first."""
    with st.container(border=True, key="drift_verdict"):
        first, second = _reference_verdict, _usual_verdict
        if found.alarm.follows == "usual_traffic":
            first, second = second, first
        first(found, heading="##")
        st.markdown(_alarm_words(found))
        if _can_alarm(found):
            second(found, heading="###")
        st.caption(sample_words(found))
        draw_age(found.until, " The header's :material/refresh: compares again.")


def _can_alarm(found: DriftWindowResponse) -> bool:
    """Return whether all rows were compared with training: alarms follow from nothing else."""
    return found.reference.kind == "training" and found.where is None


def _reference_verdict(found: DriftWindowResponse, heading: str) -> None:
    analysis = found.drift_analysis
    words = verdict(analysis)
    # Where the alarm follows the usual traffic, a lasting difference from training is no cause to act.
    colour = words.colour if found.alarm.follows == "training" else "gray"
    st.markdown(
        f"{heading} :{colour}[:material/{words.icon}: {words.title}]{compared_title(found)}"
        f" :small[:gray[· {drifted_words(analysis)}]]"
    )
    st.markdown(_listed(analysis.reasons))


def _usual_verdict(found: DriftWindowResponse, heading: str) -> None:
    usual = found.usual_traffic
    words = usual_verdict(usual)
    st.markdown(
        f"{heading} :{words.colour}[:material/{words.icon}: {words.title}]"
        f" :small[:gray[· {usual_words(usual)}]]"
    )
    if usual.drifted:
        st.markdown(_listed(usual.reasons))


def _listed(reasons: Sequence[str]) -> str:
    shown = [f"- {reason}" for reason in reasons[:MOST_REASONS]]
    more = len(reasons) - len(shown)
    return "\n".join([*shown, *([f"- :gray[{more} more]"] if more else [])])


def _alarm_words(found: DriftWindowResponse) -> str:
    alarm = found.alarm
    against = "your usual traffic" if alarm.follows == "usual_traffic" else "the training data"
    follows = f":gray[It follows the comparison with {against}.]"
    if not _can_alarm(found):
        follows = ""
    if alarm.raised:
        return f":red-badge[:material/notifications_active: Alarm] {alarm.reason} {follows}"
    return f":gray-badge[:material/notifications: No alarm] {alarm.reason} {follows}"


def sample_words(found: DriftWindowResponse) -> str:
    """Say what was compared with what."""
    rows = f"{found.drift_analysis.n_samples:,} predictions{_searched_words(found)}"
    which = f"The newest {rows}" if found.truncated else rows
    return (
        f"{which}, {period(found.since, found.until)}, compared with {reference_words(found, '`')}"
        f".{_repeated_words(found)}{left_out_words(found.left_out)}"
    )


def _repeated_words(found: DriftWindowResponse) -> str:
    analysis = found.drift_analysis
    if analysis.different_rows == analysis.n_samples:
        return ""
    verb = "is" if analysis.different_rows == 1 else "are"
    return f" {analysis.different_rows:,} of them {verb} different: equal ones count once."


def _searched_words(found: DriftWindowResponse) -> str:
    return f" {segment_words(found)}" if found.where is not None else ""


def draw_no_verdict(found: DriftWindowResponse) -> None:
    """Say that there are too few rows, and what helps."""
    needed = int(found.drift_analysis.thresholds["minimum_rows"])
    with st.container(border=True, key="drift_no_verdict", horizontal_alignment="center"):
        st.space("small")
        st.markdown("**Not enough data**", text_alignment="center")
        st.markdown(
            f"This period has {found.drift_analysis.n_samples:,} predictions{_searched_words(found)}; at "
            f"least {needed:,} are needed. There may still be drift.{_repeated_words(found)}",
            text_alignment="center",
        )
        st.caption(
            f"{period(found.since, found.until)}. Choose a longer period, or refresh after more predictions."
            f"{left_out_words(found.left_out)}",
            text_alignment="center",
        )
        draw_age(found.until)
        st.space("small")
