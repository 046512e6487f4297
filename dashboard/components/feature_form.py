"""The form that describes one block group, built from the one definition of the inputs."""

import streamlit as st

from backend.contract.predictions import EXAMPLE, FEATURES, Feature
from dashboard.components.district import DISTRICTS, District

DISTRICT_KEY = "predict_district"


def choose_district() -> None:
    """Offer real districts; choosing one fills the form."""
    st.session_state.setdefault(DISTRICT_KEY, None)
    st.pills(
        "Start from a real district",
        DISTRICTS,
        format_func=lambda district: district.name,
        key=DISTRICT_KEY,
        on_change=_fill_in,
        persist_state="session",
        wrap=True,
        help="  \n".join(f"**{district.name}**: {district.kind}." for district in DISTRICTS),
    )


def feature_form() -> dict[str, float] | None:
    """Draw the form; return what was entered when it is submitted, without the empty fields."""
    for feature in FEATURES:
        st.session_state.setdefault(_key(feature), EXAMPLE[feature.name])
    with st.form("predict_form", border=True):
        entered: dict[str, float | None] = {}
        for pair in _pairs():
            for column, feature in zip(st.columns(len(pair)), pair, strict=True):
                with column:
                    entered[feature.name] = _field(feature)
        submitted = st.form_submit_button(
            "Predict the price", type="primary", key="predict_submit", width="stretch"
        )
    if not submitted:
        return None
    return {name: value for name, value in entered.items() if value is not None}


def unusual_inputs(values: dict[str, float]) -> list[Feature]:
    """Return the features whose value is outside nearly all of the training table."""
    return [
        feature
        for feature in FEATURES
        if not feature.typical_minimum <= values[feature.name] <= feature.typical_maximum
    ]


def _field(feature: Feature) -> float | None:
    return st.number_input(
        f"{feature.label} :gray[({feature.unit})]",
        min_value=float(feature.minimum),
        max_value=float(feature.maximum),
        value=None,
        step=float(feature.step),
        format="%.6g",
        key=_key(feature),
        persist_state="session",
        help=(
            f"{feature.description} Usual: {feature.typical_minimum:g} to {feature.typical_maximum:g}. "
            f"Accepted: {feature.minimum:g} to {feature.maximum:g}."
        ),
    )


def _fill_in() -> None:
    district: District | None = st.session_state[DISTRICT_KEY]
    if district is None:
        return
    for feature, value in zip(FEATURES, district.inputs, strict=True):
        st.session_state[_key(feature)] = float(value)


def _key(feature: Feature) -> str:
    return f"predict_{feature.name}"


def _pairs() -> list[tuple[Feature, ...]]:
    return [FEATURES[start : start + 2] for start in range(0, len(FEATURES), 2)]
