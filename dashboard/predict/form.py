"""The form that describes one block group, built from the definition of the inputs."""

import streamlit as st

from backend.contract.predictions import EXAMPLE, FEATURES, Feature, HousingFeatures
from backend.contract.table import DISTRICTS, District
from dashboard.predict.address import address_parameters, read_address
from dashboard.shared.buttons import readable_letters

DISTRICT_KEY = "predict_district"
FILLED_KEY = "predict_filled"
"""Session state: how often a district filled the form."""
PRESSED_KEY = "predict_pressed"
"""Session state: whether the form was just submitted."""
INPUTS_KEY = "predict_inputs"
ADDRESS_KEY = "predict_address"
"""Session state: the part of the page's address that the form has read or written."""
PROBLEMS_KEY = "predict_address_problems"
"""Session state: sentences about what is wrong with the address."""


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
    """Draw the form; return what was entered when it is submitted, without empty fields."""
    for feature in FEATURES:
        st.session_state.setdefault(_key(feature.name), EXAMPLE[feature.name])
    with st.container(key=INPUTS_KEY):
        readable_letters(INPUTS_KEY, "primaryFormSubmit")
        return _draw_form()


def _draw_form() -> dict[str, float] | None:
    with st.form(_key("form"), border=True):
        entered: dict[str, float | None] = {}
        for pair in _pairs():
            for column, feature in zip(st.columns(len(pair)), pair, strict=True):
                with column:
                    entered[feature.name] = _field(feature)
        st.form_submit_button(
            "Predict price",
            type="primary",
            key=_key("submit"),
            width="stretch",
            on_click=_press,
        )
    if not st.session_state.pop(PRESSED_KEY, False):
        return None
    return {name: value for name, value in entered.items() if value is not None}


def is_asked_about(features: HousingFeatures) -> bool:
    """Return whether the form still has these inputs."""
    values = features.model_dump()
    return all(st.session_state.get(_key(name)) == value for name, value in values.items())


def fill_from_address() -> None:
    """Fill the form from the page's address if it is new, and say what is wrong with it."""
    given = {
        feature.name: st.query_params[feature.name]
        for feature in FEATURES
        if feature.name in st.query_params
    }
    # Only a new address: the operator's changes to the form must survive the next run.
    if given and given != st.session_state.get(ADDRESS_KEY):
        address = read_address(given)
        st.session_state[ADDRESS_KEY] = given
        st.session_state[PROBLEMS_KEY] = address.problems
        st.session_state[DISTRICT_KEY] = None
        _fill(EXAMPLE | address.values)
    if problems := st.session_state.get(PROBLEMS_KEY):
        st.warning("  \n".join(problems), icon=":material/link_off:")


def show_in_address(features: HousingFeatures) -> None:
    """Write the inputs into the page's address, so that it can be shared."""
    parameters = address_parameters(features)
    st.session_state[ADDRESS_KEY] = parameters
    st.query_params.update(parameters)


def _field(feature: Feature) -> float | None:
    return st.number_input(
        f"{feature.label} ({feature.unit})",
        min_value=float(feature.minimum),
        max_value=float(feature.maximum),
        value=None,
        step=float(feature.step),
        format="%.6g",
        key=_key(feature.name),
        persist_state="session",
        help=(
            f"{feature.described} Typical: {feature.typical.lowest:g} to {feature.typical.highest:g}. "
            f"Allowed: {feature.minimum:g} to {feature.maximum:g}."
        ),
    )


def _fill_in() -> None:
    district: District | None = st.session_state[DISTRICT_KEY]
    if district is not None:
        _fill(district.features.model_dump())


def _fill(values: dict[str, float]) -> None:
    st.session_state[FILLED_KEY] = st.session_state.get(FILLED_KEY, 0) + 1
    for name, value in values.items():
        st.session_state[_key(name)] = float(value)


def _press() -> None:
    # Kept apart from the button: pressed while a district arrives, the button itself is gone.
    st.session_state[PRESSED_KEY] = True
    st.session_state.pop(PROBLEMS_KEY, None)


def _key(name: str) -> str:
    # A district brings a new form: were the old one filled field by field, a quick press on its button
    # would send some of the new numbers with some of the old ones.
    return f"predict_{name}_{st.session_state.get(FILLED_KEY, 0)}"


def _pairs() -> list[tuple[Feature, ...]]:
    return [FEATURES[start : start + 2] for start in range(0, len(FEATURES), 2)]
