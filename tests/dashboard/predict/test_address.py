"""The form in an address: it reproduces every input, and nothing in it can break the page."""

import math
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from backend.contract.predictions import EXAMPLE, FEATURE_NAMES, FEATURES, HousingFeatures
from dashboard.predict.address import form_link, read_address
from dashboard.shared.address import address_parameters

ACCEPTED = st.fixed_dictionaries(
    {feature.name: st.floats(feature.minimum, feature.maximum) for feature in FEATURES}
)
WRITTEN = st.one_of(
    st.text(max_size=60),
    st.floats().map(repr),
    st.sampled_from(["", "nan", "-inf", "1e999", "0x10", "1_0", "٣", "`](http://x)", "9" * 500]),
)
ANY_ADDRESS = st.dictionaries(st.sampled_from([*FEATURE_NAMES, "log_text", "medinc"]), WRITTEN)


@given(ACCEPTED)
def test_a_link_gives_back_every_input_to_the_last_digit(values: dict[str, float]) -> None:
    features = HousingFeatures(**values)
    link = urlsplit(form_link("http://127.0.0.1:8501/predict?old=1#here", features))
    parameters = {name: given[0] for name, given in parse_qs(link.query).items()}
    assert (link.netloc, link.path, link.fragment) == ("127.0.0.1:8501", "/predict", "")
    assert parameters == address_parameters(features)
    address = read_address(parameters)
    assert address.values == values
    assert address.problems == ()


@given(ANY_ADDRESS)
def test_whatever_stands_in_an_address_is_accepted_or_said_to_be_wrong(
    parameters: dict[str, str],
) -> None:
    address = read_address(parameters)
    named = parameters.keys() & set(FEATURE_NAMES)
    assert len(address.values) + len(address.problems) == len(named)
    assert address.values.keys() <= named
    for feature in FEATURES:
        value = address.values.get(feature.name, EXAMPLE[feature.name])
        assert math.isfinite(value)
        assert feature.minimum <= value <= feature.maximum
    for problem in address.problems:
        assert "in the link" in problem
        assert problem.endswith("was ignored.")


def test_a_wrong_value_is_never_repeated() -> None:
    problems = read_address({"MedInc": "[win](http://elsewhere)", "Latitude": "61"}).problems
    assert problems == (
        "The median income in the link is not a number and was ignored.",
        "The latitude in the link is outside 32 to 42.5 and was ignored.",
    )
