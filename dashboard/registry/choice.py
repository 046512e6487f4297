"""Which two versions are compared: in the address, so that a link opens the same two."""

import streamlit as st

from backend.contract.models.registry import ModelsResponse, ModelVersion
from dashboard.wording.version_words import (
    CHALLENGER,
    PREVIOUS,
    champion_of,
    choice_label,
    state_of,
)

LEFT, RIGHT = "registry_left", "registry_other"
"""Session state: the versions on either side; also the keys of their choices."""
PARAMETERS = {LEFT: "left", RIGHT: "right"}
SERVING = "serving"
"""The choice on the left that follows promotions."""


def choose_two(models: ModelsResponse) -> tuple[ModelVersion | None, ModelVersion | None]:
    """Let the operator choose; the right one is None if there is no other version."""
    known = {one.version: one for one in models.versions}
    left_side, right_side = st.columns(2)
    with left_side:
        left = _choose_left(models, known)
    others = {name: one for name, one in known.items() if left is None or name != left.version}
    with right_side:
        right = _choose_right(models, left, others)
    if right is not None and any(name in st.query_params for name in PARAMETERS.values()):
        _keep()  # both, or a link would open the usual other version of its day
    return left, right


def compare_with(version: str) -> None:
    """Put a version on the right, from now on."""
    st.session_state[RIGHT] = version
    st.query_params[PARAMETERS[RIGHT]] = version


def _choose_left(models: ModelsResponse, known: dict[str, ModelVersion]) -> ModelVersion | None:
    champion = champion_of(models)
    choices = [*([SERVING] if champion is not None else []), *known]
    if len(known) == 1:
        return champion or next(iter(known.values()))
    _begin(LEFT, choices, choices[0])
    chosen = st.selectbox(
        "Compare",
        choices,
        format_func=lambda name: (
            "The version that serves" if name == SERVING else choice_label(known[name], models)
        ),
        key=LEFT,
        on_change=_keep,
    )
    return champion if chosen == SERVING else known[str(chosen)]


def _choose_right(
    models: ModelsResponse, left: ModelVersion | None, others: dict[str, ModelVersion]
) -> ModelVersion | None:
    if not others:
        return None
    _begin(RIGHT, list(others), usual_other(models, left))
    chosen = st.selectbox(
        "With",
        list(others),
        format_func=lambda name: choice_label(others[name], models),
        key=RIGHT,
        on_change=_keep,
    )
    return others[str(chosen)]


def _begin(key: str, choices: list[str], usual: str) -> None:
    """Begin with what the address says; what is no choice any more gives way to the usual one."""
    asked = st.session_state.get(key, st.query_params.get(PARAMETERS[key]))
    st.session_state[key] = asked if asked in choices else usual


def _keep() -> None:
    for key, parameter in PARAMETERS.items():
        chosen = st.session_state.get(key, SERVING)
        if chosen == SERVING:
            st.query_params.pop(parameter, None)
        else:
            st.query_params[parameter] = chosen


def usual_other(models: ModelsResponse, left: ModelVersion | None) -> str:
    """Return the newest challenger, else the previous champion, else the newest other version."""
    others = [one for one in models.versions if left is None or one.version != left.version]
    for state in (CHALLENGER, PREVIOUS):
        for one in others:
            if state_of(one, models) == state:
                return one.version
    return others[0].version
