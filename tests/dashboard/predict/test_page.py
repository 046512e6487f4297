"""The Predict page: the form, the price, what is wrong with the inputs."""

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.definition import PRESETS
from backend.contract.predictions import FEATURES, HousingFeatures
from dashboard.shared.address import address_parameters
from dashboard.wording.value import written
from tests.dashboard.conftest import OpenPage, Service, sentences


def test_the_form_has_every_input_with_its_unit_and_accepted_range(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("predict", service)
    assert not sentences(page)
    for field, feature in zip(page.number_input, FEATURES, strict=True):
        assert field.label == f"{feature.label} ({feature.unit})"
        assert (field.min, field.max) == (feature.minimum, feature.maximum)
        assert feature.description in field.help


def test_a_district_fills_the_form_and_its_price_is_shown_and_logged(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("predict", service)
    for district in PRESETS:
        _choose(page, district.name)
        _press(page)
        assert not sentences(page)
        expected = client.predict(district.features).prediction
        assert written(expected) in _price(page)
    service.store_records()
    logged = [row.input for row in client.predictions().predictions]
    for district in PRESETS:
        # Once from the page, once from the other program: to the last digit.
        assert logged.count(district.features) == 2


def test_the_facts_under_the_price_lead_to_the_logged_prediction(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("predict", service)
    _choose(page, "Cupertino")
    _press(page)
    service.store_records()
    facts = page.table[0].value.iloc[:, 0]
    row = client.prediction(facts["Prediction ID"].strip("`")).prediction
    assert facts["Model version"] == f"`{row.model_version}`"
    assert facts["Unrounded"] == f"{row.prediction:.4f} × 100,000 USD"
    assert facts["Recorded price"] == r"\$380,800"


def test_an_empty_field_is_named_by_its_label(open_page: OpenPage, service: Service) -> None:
    page = open_page("predict", service)
    page.number_input[1].set_value(None)
    _press(page)
    assert sentences(page) == ["Check the inputs:"]
    assert any("Enter a value for **House age**." in text.value for text in page.markdown)
    assert not _price(page)


def test_an_accepted_value_beyond_the_usual_ones_is_answered_with_a_warning(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("predict", service)
    page.number_input[2].set_value(900.0)
    _press(page)
    assert not sentences(page)
    assert any(
        "Rooms: 900 rooms per household is above the training maximum" in warning.value
        for warning in page.warning
    )


def test_a_link_with_every_input_opens_with_its_price(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("predict", service)
    row = PRESETS[4].features
    for name, value in address_parameters(row).items():
        page.query_params[name] = value
    page.run()
    assert "$" in _price(page)
    assert page.number_input[0].value == PRESETS[4].inputs[0]
    page.number_input[0].set_value(3.0)
    _press(page)
    assert page.number_input[0].value == 3.0


@pytest.mark.parametrize("changed", [{"Latitude": "61"}, {"MedInc": "rich"}, {"HouseAge": None}])
def test_a_link_that_lacks_an_input_only_fills_the_form(
    open_page: OpenPage, service: Service, changed: dict[str, str | None]
) -> None:
    page = open_page("predict", service)
    for name, value in (address_parameters(PRESETS[4].features) | changed).items():
        if value is not None:
            page.query_params[name] = value
    page.run()
    assert not _price(page)
    assert not sentences(page)


def test_without_the_service_the_page_says_so_in_one_sentence_and_keeps_the_form(
    open_page: OpenPage, service: Service
) -> None:
    service.stop()
    page = open_page("predict", service)
    assert len(sentences(page)) == 1
    _choose(page, "Delano")
    _press(page)
    assert len(sentences(page)) == 1
    assert service.settings.addresses.backend_url in sentences(page)[0]
    assert page.number_input[0].value == PRESETS[4].inputs[0]
    service.start()
    _press(page)
    assert not sentences(page)
    assert "$" in _price(page)


def test_without_a_model_the_service_says_so(
    open_page: OpenPage, service_without_model: Service
) -> None:
    page = open_page("predict", service_without_model)
    assert len(sentences(page)) == 1
    assert "model" in sentences(page)[0]


def test_a_missing_key_is_refused_in_the_words_of_the_service(
    open_page: OpenPage, guarded_service: Service
) -> None:
    page = open_page("predict", guarded_service)
    _press(page)
    assert sentences(page) == [
        "This needs a key with the role viewer; send `Authorization: Bearer <key>`."
    ]
    page = open_page("predict", guarded_service, dashboard_key="wrong")
    _press(page)
    assert sentences(page) == ["The key is not valid; send `Authorization: Bearer <key>`."]
    page = open_page("predict", guarded_service, dashboard_key="see")
    _press(page)
    assert not sentences(page)


def test_every_input_can_be_entered_up_to_what_the_service_accepts(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("predict", service)
    for edge in ("minimum", "maximum"):
        values = {feature.name: float(getattr(feature, edge)) for feature in FEATURES}
        for field, value in zip(page.number_input, values.values(), strict=True):
            field.set_value(value)
        _press(page)
        assert not sentences(page)
        service.store_records()
        assert client.predictions().predictions[0].input == HousingFeatures(**values)


def _price(page: AppTest) -> str:
    return "".join(html.value for html in page.html if html.value.startswith("<div"))


def _choose(page: AppTest, name: str) -> None:
    district = next(district for district in PRESETS if district.name == name)
    page.pills[0].set_value(district).run()


def _press(page: AppTest) -> None:
    page.form_submit_button[0].click().run()
