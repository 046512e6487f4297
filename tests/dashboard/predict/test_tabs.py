"""Below the answer: contributions, sensitivity, map, scenarios, and the form in the address."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.definition import PRESETS, outline
from backend.contract.predictions import EXAMPLE, FEATURES, PredictionResponse
from dashboard.predict.answer import ANSWER
from dashboard.predict.nearest import DISTANCE, NUMBER
from dashboard.predict.scenarios import MOST_SCENARIOS
from dashboard.shared.address import address_parameters
from dashboard.wording.value import rounded, written
from tests.dashboard.conftest import OpenPage, Service, sentences

TAB = "predict_tab"


@pytest.fixture
def answered(open_page: OpenPage, service: Service) -> AppTest:
    """The page with the price of the example, on its first tab."""
    return _press(open_page("predict", service))


def test_the_interval_and_the_support_stand_under_the_price(answered: AppTest) -> None:
    answer = _answer(answered)
    drawn = " ".join(html.value for html in answered.html)
    assert f"Price {written(answer.prediction)}, 90% interval: " in drawn
    told = " ".join(text.value for text in answered.markdown)
    assert "90% interval: " in told
    assert f"support {answer.support:.2f}" in told


def test_a_price_of_other_numbers_than_the_form_has_says_so(answered: AppTest) -> None:
    said = "The form has changed"
    assert not any(said in caption.value for caption in answered.caption)
    answered.pills[0].set_value(PRESETS[2]).run()
    assert any(said in caption.value for caption in answered.caption)
    _press(answered)
    assert not any(said in caption.value for caption in answered.caption)


def test_without_an_answer_nothing_stands_below(open_page: OpenPage, service: Service) -> None:
    page = open_page("predict", service)
    assert not page.tabs
    assert not sentences(page)


def test_contributions_are_asked_for_by_a_button_and_add_up(
    answered: AppTest, service: Service, client: HousingClient
) -> None:
    service.store_records()
    assert len(client.predictions().predictions) == 1, "opening the page explains nothing"
    answered.button(key="predict_explain").click().run()
    assert not sentences(answered)
    waterfall = _charts(answered)[0]["data"][0]
    assert sum(waterfall["x"][:-1]) == waterfall["x"][-1]
    assert waterfall["x"][-1] == rounded(_answer(answered).prediction)
    answered.run()
    service.store_records()
    assert len(client.predictions().predictions) == 2, "and another run asks nothing again"


def test_the_sensitivity_of_every_input_is_drawn(answered: AppTest) -> None:
    _open(answered, "Sensitivity")
    drawn = " ".join(text.value for text in answered.markdown)
    for feature in FEATURES:
        assert f"**{feature.label}**" in drawn


def test_the_map_shows_the_nearest_districts_without_tiles(answered: AppTest) -> None:
    _open(answered, "Map")
    state, around = _charts(answered)
    assert {trace["type"] for trace in [*state["data"], *around["data"]]} == {"scatter"}
    assert len(state["data"][0]["x"]) > sum(len(ring) for ring in outline())
    table = answered.dataframe[0].value
    assert len(table) == NUMBER
    assert table[DISTANCE].is_monotonic_increasing


def test_scenarios_are_pinned_compared_kept_and_let_go(answered: AppTest) -> None:
    page = answered
    for district in PRESETS[: MOST_SCENARIOS - 1]:
        page.button(key="predict_pin").click().run()
        assert page.button(key="predict_pin").disabled, "the same answer is pinned once"
        page.pills[0].set_value(district).run()
        _press(page)
    page.button(key="predict_pin").click().run()
    _press(page)
    assert page.button(key="predict_pin").disabled, "four are all that fit"
    _open(page, "Scenarios")
    comparison = page.table[1].value
    assert list(comparison.columns) == ["", "A", "B", "C", "D"]
    assert comparison["A"][1] == "–"
    assert comparison["B"][1].startswith(("+", "−"))
    page.button(key="predict_unpin_A").click().run()
    assert list(page.table[1].value.columns) == ["", "A", "B", "C"]
    assert not page.button(key="predict_pin").disabled
    page.number_input[0].set_value(None)
    _press(page)
    assert len(sentences(page)) == 1
    assert list(page.table[0].value.columns) == ["", "A", "B", "C"], "a refusal loses no scenario"


def test_without_scenarios_the_tab_says_how_to_begin(answered: AppTest) -> None:
    _open(answered, "Scenarios")
    assert any("Pin this prediction" in caption.value for caption in answered.caption)


@pytest.mark.parametrize("tab", ["Sensitivity", "Map"])
def test_a_tab_says_that_the_service_is_down_and_fills_when_it_is_back(
    answered: AppTest, service: Service, tab: str
) -> None:
    service.stop()
    _open(answered, tab)
    assert len(sentences(answered)) == 1
    service.start()
    answered.run()
    assert not sentences(answered)
    assert answered.dataframe or any("**House age**" in text.value for text in answered.markdown)


def test_an_explanation_that_failed_is_asked_for_again(answered: AppTest, service: Service) -> None:
    service.stop()
    answered.button(key="predict_explain").click().run()
    assert len(sentences(answered)) == 1
    service.start()
    answered.run()
    assert not sentences(answered)
    assert _charts(answered)


def test_the_address_is_written_with_the_answer_and_fills_another_page(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("predict", service)
    page.pills[0].set_value(PRESETS[1]).run()
    _press(page)
    address = dict(page.query_params)
    assert address == address_parameters(PRESETS[1].features)
    other = open_page("predict", service)
    other.query_params.update(address)
    other.run()
    assert not sentences(other)
    assert tuple(field.value for field in other.number_input) == PRESETS[1].inputs
    _press(other)
    assert _answer(other).input == PRESETS[1].features


def test_wrong_values_in_the_address_are_said_and_the_rest_is_filled(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("predict", service)
    page.query_params.update({"HouseAge": "old", "Latitude": "61", "MedInc": "3.3"})
    page.run()
    assert not sentences(page)
    assert page.warning[0].value.count("and was ignored") == 2
    values = {f.name: box.value for f, box in zip(FEATURES, page.number_input, strict=True)}
    assert values == EXAMPLE | {"MedInc": 3.3}
    page.number_input[1].set_value(20.0)
    _press(page)
    assert not page.warning
    assert _answer(page).input.HouseAge == 20.0


def _press(page: AppTest) -> AppTest:
    return page.form_submit_button[0].click().run()


def _open(page: AppTest, tab: str) -> None:
    page.session_state[TAB] = tab
    page.run()


def _answer(page: AppTest) -> PredictionResponse:
    answer = page.session_state[ANSWER]
    assert isinstance(answer, PredictionResponse)
    return answer


def _charts(page: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
