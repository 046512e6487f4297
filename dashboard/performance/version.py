"""The choice of the version whose errors are shown: the one that serves, or one from before.

It is in the address as the version's name, not as its label: a role changes with a promotion.
"""

import streamlit as st

from backend.contract.models.registry import ModelsResponse
from backend.contract.performance import PerformanceResponse
from dashboard.wording.version_words import champion_of, state_of

SERVING = "serving"
"""The choice that follows promotions."""
CHOSEN = "performance_version_choice"
PARAMETER = "performance_version"
MOST_REMOVED = 10


def choose_version(models: ModelsResponse) -> str | None:
    """Let the operator choose; return None for the version that serves."""
    roles = version_roles(models)
    if len(roles) == 1:
        return None
    chosen = st.session_state.get(CHOSEN, st.query_params.get(PARAMETER, SERVING))
    st.session_state[CHOSEN] = chosen if chosen in roles else SERVING
    st.selectbox(
        "Version",
        list(roles),
        format_func=lambda version: _label(version, roles[version], models),
        key=CHOSEN,
        on_change=_keep_in_address,
    )
    return None if st.session_state[CHOSEN] == SERVING else str(st.session_state[CHOSEN])


def version_roles(models: ModelsResponse) -> dict[str, str]:
    """Return each choice and its role: the version that serves, the previous one, then the newest first."""
    others = [one for one in models.versions if not one.is_champion]
    others.sort(key=lambda one: not one.is_previous)
    removed = [one.version for one in models.removed[:MOST_REMOVED]]
    return (
        {SERVING: "serving"}
        | {one.version: state_of(one, models).lower() for one in others}
        | dict.fromkeys(removed, "files removed")
    )


def offer_previous(found: PerformanceResponse, models: ModelsResponse) -> None:
    """Say that the version that serves has no labels yet, and offer the one before it."""
    if found.n_labelled or models.previous is None:
        return
    st.markdown(
        ":gray[The version that serves has no labelled predictions in this period yet; the one "
        "before it may have.]"
    )
    st.button(
        "Show the previous version",
        icon=":material/history:",
        key="performance_show_previous",
        on_click=_choose,
        args=(models.previous,),
    )


def _label(version: str, role: str, models: ModelsResponse) -> str:
    champion = champion_of(models)
    name = champion.version if version == SERVING and champion is not None else version
    return f"{name} · {role}"


def _choose(version: str) -> None:
    st.session_state[CHOSEN] = version
    _keep_in_address()


def _keep_in_address() -> None:
    if st.session_state[CHOSEN] == SERVING:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = st.session_state[CHOSEN]
