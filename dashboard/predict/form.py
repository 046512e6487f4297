"""The form that describes one row, built from the definition of the inputs."""

import streamlit as st

from backend.contract.definition import PRESETS, SUBJECT, PresetRow
from backend.contract.predictions import EXAMPLE, FEATURES, HousingFeatures
from dashboard.predict.address import read_address
from dashboard.predict.field import Value, as_entered, draw_field
from dashboard.shared.address import address_parameters
from dashboard.shared.buttons import readable_letters
from dashboard.wording.words import VALUE

PRESET_KEY = "predict_preset"
FILLED_KEY = "predict_filled"
"""Session state: how often a preset filled the form."""
PRESSED_KEY = "predict_pressed"
"""Session state: whether the form was just submitted."""
INPUTS_KEY = "predict_inputs"
ADDRESS_KEY = "predict_address"
"""Session state: the part of the page's address that the form has read or written."""
PROBLEMS_KEY = "predict_address_problems"
"""Session state: sentences about what is wrong with the address."""
TWO_COLUMNS_UP_TO = 12
SCROLLED_FROM = 30
"""Inputs: so many scroll within the form, so that its button and the answer stay in sight."""
SCROLLED_HEIGHT = 640


def choose_preset() -> None:
    """Offer real rows, if the table has any; choosing one fills the form."""
    if not PRESETS:
        return
    st.session_state.setdefault(PRESET_KEY, None)
    st.pills(
        f"Start from a real {SUBJECT}",
        PRESETS,
        format_func=lambda preset: preset.name,
        key=PRESET_KEY,
        on_change=_fill_in,
        persist_state="session",
        wrap=True,
        help="  \n".join(f"**{preset.name}**: {preset.kind}." for preset in PRESETS),
    )


def feature_form() -> dict[str, Value] | None:
    """Draw the form; return what was entered when it is submitted.

    Empty fields are left out, so that the service names them; where a value may be missing, it is None.
    """
    for feature in FEATURES:
        st.session_state.setdefault(
            _key(f"input_{feature.name}"), as_entered(feature, EXAMPLE[feature.name])
        )
    with st.container(key=INPUTS_KEY):
        readable_letters(INPUTS_KEY, "primaryFormSubmit")
        return _draw_form()


def _draw_form() -> dict[str, Value] | None:
    with st.form("predict_form", border=True):
        with st.container(height=SCROLLED_HEIGHT if len(FEATURES) >= SCROLLED_FROM else "content"):
            entered = _draw_fields()
        st.form_submit_button(
            f"Predict {VALUE}",
            type="primary",
            key="predict_submit",
            width="stretch",
            on_click=_press,
        )
    if not st.session_state.pop(PRESSED_KEY, False):
        return None
    may_be_missing = {feature.name for feature in FEATURES if feature.missing}
    return {
        name: value
        for name, value in entered.items()
        if value is not None or name in may_be_missing
    }


def _draw_fields() -> dict[str, Value]:
    entered: dict[str, Value] = {}
    width = 2 if len(FEATURES) <= TWO_COLUMNS_UP_TO else 3
    for start in range(0, len(FEATURES), width):
        row = FEATURES[start : start + width]
        # A last row that is not full keeps its fields as wide as those above.
        for column, feature in zip(st.columns(width), row, strict=False):
            with column:
                entered[feature.name] = draw_field(feature, _key(f"input_{feature.name}"))
    return entered


def is_asked_about(features: HousingFeatures) -> bool:
    """Return whether the form still has these inputs."""
    values = features.model_dump()
    return all(
        st.session_state.get(_key(f"input_{name}")) == value for name, value in values.items()
    )


def fill_from_address() -> None:
    """Fill the form from the page's address if it is new, and say what is wrong with it.

    An address with every input is a link to a prediction: it is made at once.
    """
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
        st.session_state[PRESET_KEY] = None
        _fill(EXAMPLE | address.values)
        st.session_state[PRESSED_KEY] = len(address.values) == len(FEATURES)
    if problems := st.session_state.get(PROBLEMS_KEY):
        st.warning("  \n".join(problems), icon=":material/link_off:")


def show_in_address(features: HousingFeatures) -> None:
    """Write the inputs into the page's address, so that it can be shared."""
    parameters = address_parameters(features)
    st.session_state[ADDRESS_KEY] = parameters
    st.query_params.update(parameters)


def fill_and_ask(features: HousingFeatures) -> None:
    """Fill the form with a row, and predict for it as if the button had been pressed."""
    st.session_state[PRESET_KEY] = None
    _fill(features.model_dump())
    _press()


def filled() -> int:
    """Return how often the form was filled, to name what belongs to one filling."""
    number: int = st.session_state.get(FILLED_KEY, 0)
    return number


def _fill_in() -> None:
    preset: PresetRow | None = st.session_state[PRESET_KEY]
    if preset is not None:
        _fill(preset.features.model_dump())


def _fill(values: dict[str, Value]) -> None:
    st.session_state[FILLED_KEY] = filled() + 1
    for feature in FEATURES:
        st.session_state[_key(f"input_{feature.name}")] = as_entered(feature, values[feature.name])


def _press() -> None:
    # Kept apart from the button: a press and a preset may arrive together.
    st.session_state[PRESSED_KEY] = True
    st.session_state.pop(PROBLEMS_KEY, None)


def _key(name: str) -> str:
    # A preset brings new fields: were the old ones filled one by one, a quick press on the button would
    # send some of the new values with some of the old ones. The button stays: a press on one that is
    # being replaced would be lost.
    return f"predict_{name}_{filled()}"
