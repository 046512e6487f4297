"""What one retraining does otherwise than the settings say: window, cap, weight and candidates."""

from typing import Any

import streamlit as st

from backend.contract.monitoring import TrainingPlan
from backend.contract.retraining.learnable import LearnableQuery, LearnableResponse
from dashboard.shared.buttons import readable_choices
from dashboard.wording.plan_words import candidate_label

DAYS, MOST_ROWS, WEIGHT = "retrain_days", "retrain_most_rows", "retrain_weight"
CANDIDATES = "retrain_candidates"
USUAL = "retrain_usual"
"""Session state: the answer for the settings as they are, from which the form begins."""


def draw_plan(usual: LearnableResponse) -> TrainingPlan | None:
    """Draw the four values, the settings' own at first; return what was changed, None if nothing was."""
    with st.expander("What it learns from, and which candidates compete", key="retrain_plan"):
        readable_choices("retrain_plan")
        st.caption("For this retraining only; the settings stay as they are.")
        days_side, rows_side, weight_side = st.columns(3)
        with days_side:
            st.number_input("Days back", 1.0, 3650.0, usual.days, 1.0, format="%g", key=DAYS)
        with rows_side:
            st.number_input("Most rows", 0, 100_000, usual.most_rows, 1000, key=MOST_ROWS)
        with weight_side:
            st.number_input("Weight", 0.01, 100.0, usual.weight, 0.5, format="%g", key=WEIGHT)
        st.multiselect(
            "Candidates",
            usual.candidates,
            usual.candidates,
            key=CANDIDATES,
            format_func=candidate_label,
            placeholder="All",
        )
    return plan_of(usual)


def plan_of(usual: LearnableResponse) -> TrainingPlan | None:
    """Return what is entered otherwise than usual."""
    entered = {
        "labelled_days": (DAYS, usual.days),
        "labelled_most_rows": (MOST_ROWS, usual.most_rows),
        "labelled_weight": (WEIGHT, usual.weight),
    }
    said: dict[str, Any] = {
        name: st.session_state[key]
        for name, (key, value) in entered.items()
        if st.session_state.get(key, value) not in (value, None)
    }
    chosen = st.session_state.get(CANDIDATES) or usual.candidates
    if set(chosen) != set(usual.candidates):
        said["candidates"] = tuple(chosen)
    return TrainingPlan.model_validate(said) if said else None


def query_of(plan: TrainingPlan | None) -> LearnableQuery | None:
    """Return the question about the rows of a plan; None: as the settings say."""
    if plan is None or (plan.labelled_days is None and plan.labelled_most_rows is None):
        return None
    return LearnableQuery(days=plan.labelled_days, most_rows=plan.labelled_most_rows)
