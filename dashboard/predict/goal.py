"""What would have to change for the value to reach a goal: the question, and the alternatives."""

import streamlit as st

from backend.contract.counterfactuals import (
    PLACE,
    Alternative,
    CounterfactualsRequest,
    CounterfactualsResponse,
)
from backend.contract.definition import SUBJECT, digits
from backend.contract.predictions import DISPLAY, FEATURE_NAMES, Feature, PredictionResponse
from dashboard.predict.form import fill_and_ask
from dashboard.predict.interval import interval_words
from dashboard.predict.support import support_line
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.feature_words import BY_NAME, is_year, label_with_unit, number
from dashboard.wording.value import escaped, in_written_unit, with_written_unit, written
from dashboard.wording.words import INPUTS, VALUE

FOUND = "predict_goal_found"
"""Session state: the last answer, and the prediction and question that it belongs to."""
SIDES = {"At least": "at_least", "At most": "at_most"}
USUAL_STEP = 0.2
"""The goal is first so much above the present value."""


def draw_goal(answer: PredictionResponse) -> None:
    """Draw the question, and what was found for it."""
    st.markdown("**What would have to change?**")
    st.caption(
        f"Looks for the fewest and smallest changes of the {INPUTS} with which the model predicts a {VALUE} "
        "beyond your goal: typical of the training data, and with an interval that does not touch the "
        "present one. It shows what the model would answer, not what causes what."
    )
    asked = _ask(answer)
    if asked is not None:
        with asking_service(), st.spinner("Looking for changes …"):
            found = housing_client().counterfactuals(asked)
            st.session_state[FOUND] = (answer.prediction_id, asked, found)
    kept = st.session_state.get(FOUND)
    if kept is not None and kept[0] == answer.prediction_id:
        _draw_found(kept[1], kept[2])


def _ask(answer: PredictionResponse) -> CounterfactualsRequest | None:
    present = in_written_unit(answer.prediction) or 0.0
    with st.form("predict_goal", border=False):
        side_column, value_column, frozen_column = st.columns(
            [2, 3, 6], vertical_alignment="bottom"
        )
        with side_column:
            side = st.selectbox(f"{VALUE.capitalize()}", list(SIDES), key="predict_goal_side")
        with value_column:
            goal = st.number_input(
                with_written_unit("Goal"),
                value=float(f"{present + abs(present) * USUAL_STEP:.3g}"),
                format=f"%.{digits(DISPLAY.step)}f",
                key=f"predict_goal_value_{answer.prediction_id}",
            )
        with frozen_column:
            frozen = st.multiselect(
                "Keep as they are",
                FEATURE_NAMES,
                default=PLACE,
                format_func=lambda name: BY_NAME[name].label,
                key="predict_goal_frozen",
            )
        pressed = st.form_submit_button(
            "Find changes", icon=":material/flag:", key="predict_goal_ask"
        )
    if not pressed:
        return None
    return CounterfactualsRequest.model_validate(
        {"input": answer.input, SIDES[side]: goal / DISPLAY.factor, "frozen": frozen}
    )


def _draw_found(asked: CounterfactualsRequest, found: CounterfactualsResponse) -> None:
    if found.reason is not None:
        st.info(found.reason, icon=":material/search_off:")
        return
    for place, (column, one) in enumerate(
        zip(st.columns(len(found.alternatives), gap="medium"), found.alternatives, strict=True)
    ):
        with column, st.container(border=True, key=f"predict_goal_{place}"):
            _draw_alternative(place, one)


def _draw_alternative(place: int, one: Alternative) -> None:
    st.markdown(f"## {escaped(written(one.prediction))}")
    st.caption(escaped(interval_words(one.interval)))
    st.table(changed_words(one), border="horizontal", alt="What changes")
    st.markdown(support_line(one.support))
    st.button(
        f"Predict for this {SUBJECT}",
        icon=":material/arrow_upward:",
        key=f"predict_goal_take_{place}",
        on_click=fill_and_ask,
        args=(one.input,),
    )


def changed_words(one: Alternative) -> dict[str, str]:
    """Return each changed input with its value before and after."""
    found = {}
    for each in one.changes:
        feature = BY_NAME[each.feature]
        before, after = _value(feature, each.before), _value(feature, each.after)
        found[label_with_unit(feature)] = f"{before} → {after}"
    return found


def _value(feature: Feature, value: float | str | None) -> str:
    if value is None:
        return "not known"
    return escaped(value) if isinstance(value, str) else number(value, is_year=is_year(feature))
