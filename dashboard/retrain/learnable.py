"""Which labelled predictions the next retraining would learn from, and why not the others."""

import streamlit as st

from backend.contract.retraining.learnable import LearnableQuery, LearnableResponse
from dashboard.retrain.plan import plan_of, query_of
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.wording.value import escaped

READING = "retrain_learnable"
"""Session state: the answers, by question."""


def draw_learnable() -> LearnableResponse | None:
    """Draw how many are usable, and the others by reason; return what the settings say.

    It is read once until ``forget_learnable``, and again for a window or cap that the form names.
    """
    st.header("What would be learned", anchor=False)
    usual: LearnableResponse | None = None
    with asking_quietly("Rows to learn from"):
        usual = _read(None)
        with st.container(key="retrain_learnable"):
            _draw(_read(query_of(plan_of(usual))))
    return usual


def _draw(found: LearnableResponse) -> None:
    st.markdown(usable_words(found))
    if found.left_out:
        st.table(left_out_rows(found), border="horizontal", hide_index=True, alt="Left out")
    st.caption(read_words(found))


def forget_learnable() -> None:
    """Count again when the page is drawn next."""
    st.session_state.pop(READING, None)


def _read(query: LearnableQuery | None) -> LearnableResponse:
    known: dict[LearnableQuery | None, LearnableResponse]
    known = st.session_state.setdefault(READING, {})
    if query not in known:
        with st.spinner("Counting what can be learned …"):
            known[query] = housing_client().learnable(query)
    return known[query]


def usable_words(found: LearnableResponse) -> str:
    """Say how many labelled predictions are learned from, and if none, why; Markdown."""
    words = f"**Usable for learning: {found.used:,} of {found.labelled:,}** labelled predictions"
    return f"{words}, because {escaped(found.why_not)}." if found.why_not else f"{words}."


def left_out_rows(found: LearnableResponse) -> list[dict[str, str]]:
    """Return the table of reasons."""
    return [
        {"Left out": escaped(f"{one.why[:1].upper()}{one.why[1:]}"), "Rows": f"{one.rows:,}"}
        for one in found.left_out
    ]


def read_words(found: LearnableResponse) -> str:
    """Say which predictions are read, and how they count."""
    replaced = f" They replace {found.replaced:,} of its rows." if found.used else ""
    return (
        f"Read: the newest {found.most_rows:,} of customers' labelled predictions of the last "
        f"{found.days:g} days; at least {found.minimum_rows:,} must be usable. Each weighs {found.weight:g}; "
        f"a row of the base table weighs 1.{replaced}"
    )
