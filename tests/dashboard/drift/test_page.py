"""The Drift page: verdicts on drifted, quiet and scarce traffic, one input opened, a retraining asked for."""

import json
import re
from typing import Any

import pytest
import requests
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.drift.analysis import (
    ColumnScore,
    DriftAnalysis,
    MultivariateScore,
    PlausibilityFinding,
    UsualTraffic,
)
from dashboard.drift.reading import KEPT
from dashboard.wording.drift_words import (
    column_label,
    drifted_words,
    usual_verdict,
    usual_words,
)
from storage.domain.inputs import EXAMPLE
from tests.dashboard.conftest import OPERATOR_KEY, OpenPage, Service, sentences
from tests.districts import unseen_districts

ROWS = 600


@pytest.mark.parametrize(
    ("inputs", "together", "price", "spoiled", "words"),
    [
        (["MedInc"], True, True, False, "1 of 8 inputs drifted"),
        ([], False, False, False, "0 of 8 inputs drifted"),
        ([], False, False, True, "0 of 8 inputs drifted; rows are spoiled"),
        ([], True, False, False, "0 of 8 inputs drifted on their own, but all inputs together did"),
        (
            [],
            True,
            True,
            False,
            "0 of 8 inputs drifted on their own, but all inputs together and the predicted price did",
        ),
    ],
)
def test_what_drifted_is_said_though_no_input_did_alone(
    inputs: list[str], together: bool, price: bool, spoiled: bool, words: str
) -> None:
    said: dict[str, Any] = {
        "total_features": 8,
        "drifted_features": inputs,
        "multivariate": MultivariateScore.model_construct(**_only(drifted=together)),
        "prediction": ColumnScore.model_construct(**_only(drifted=price)),
        "plausibility": [PlausibilityFinding.model_construct(**_only(drifted=spoiled))],
    }
    analysis = DriftAnalysis.model_construct(**said)
    assert drifted_words(analysis) == words


@pytest.mark.parametrize(
    ("status", "drifted", "title", "words"),
    [
        ("learning", None, "Your usual traffic is being learned", "3 of 14 earlier periods"),
        ("ok", False, "As usual for your traffic", "the same weekdays of 3 earlier periods"),
        ("ok", True, "Differs from your usual traffic", "the same weekdays of 3 earlier periods"),
    ],
)
def test_the_verdict_on_the_usual_traffic_is_named(
    status: str, drifted: bool | None, title: str, words: str
) -> None:
    said = _only(status=status, drifted=drifted, periods=3, needed_periods=14, by_weekday=True)
    usual = UsualTraffic.model_construct(**said)
    assert usual_verdict(usual).title == title
    assert words in usual_words(usual)


def test_drifted_traffic_gets_its_verdict_reasons_and_alarm(
    open_page: OpenPage, service: Service
) -> None:
    _ask(service, income_factor=1.5)
    page = open_page("drift", service)
    assert not sentences(page)
    text = _text(page)
    assert "Moderate drift" in text or "High drift" in text
    assert "1 of 8 inputs drifted" in text
    assert "Median income: the distribution shifted by up to" in text
    assert "Alarm] The latest period is conclusive on its own." in text
    assert any(f"{ROWS:,} predictions, " in caption.value for caption in page.caption)
    assert len(page.get("echarts_chart")) == 4
    assert "Beyond the expected range since 20" in text
    assert "counts as no drift" not in text
    assert "Mix of inputs" in text
    assert "mainly by median income." in text
    (cost,) = [table.value for table in page.table if "predictions" in str(table.value.index)]
    assert any(each.startswith("Per day, at ") for each in cost.index)
    assert any("0 of 600 predictions have an actual value" in each.value for each in page.caption)
    assert any(re.match(r"As of \d\d:\d\d:\d\d UTC, ", each.value) for each in page.caption)


def test_the_table_is_ranked_and_has_both_histograms_in_its_cells(
    open_page: OpenPage, service: Service
) -> None:
    _ask(service, income_factor=1.5)
    table = open_page("drift", service).dataframe[0].value
    assert table["column"].iloc[0] == "Median income"
    assert table["column"].iloc[-1] == "Predicted price"
    assert list(table["state"][:2]) == ["Drifted", "No drift"]
    assert len(table) == 9
    for reference, current in zip(table["reference"], table["current"], strict=True):
        assert len(reference) == len(current) == 30
        assert max(*reference, *current) == pytest.approx(1)
    assert list(table["reference"].iloc[0]) != list(table["current"].iloc[0])
    assert table["importance"].iloc[:8].sum() == pytest.approx(1)


def test_quiet_traffic_is_said_to_be_quiet(open_page: OpenPage, service: Service) -> None:
    _ask(service)
    page = open_page("drift", service)
    assert not sentences(page)
    text = _text(page)
    assert "No drift" in text
    assert "No significant difference from the training data." in text
    assert "No alarm] The latest period shows no drift." in text
    assert "**No drift.**" in text
    assert "No step is beyond its expected range." in text


def test_refused_requests_are_shown_though_nothing_was_predicted(
    open_page: OpenPage, service: Service
) -> None:
    url = f"{service.settings.addresses.backend_url}/predict"
    for number in range(5):
        body = EXAMPLE | {"MedInc": 40_000.0 + 5_000 * number}
        assert requests.post(url, json=body, timeout=10).status_code == 400
    service.store_records()
    page = open_page("drift", service)
    assert not sentences(page)
    text = _text(page)
    assert "5 requests refused for an input" in text
    assert "MedInc: all in another unit? Values around 50,000 in 5 refused requests" in text
    assert "**Not enough data**" in text
    assert page.dataframe[0].value["Problem"].tolist() == ["too high"]


def test_two_swapped_inputs_are_asked_about_once(open_page: OpenPage, service: Service) -> None:
    url = f"{service.settings.addresses.backend_url}/predict"
    swapped = {"Latitude": EXAMPLE["Longitude"], "Longitude": EXAMPLE["Latitude"]}
    for _ in range(4):
        assert requests.post(url, json=EXAMPLE | swapped, timeout=10).status_code == 400
    service.store_records()
    page = open_page("drift", service)
    assert not sentences(page)
    assert _text(page).count("swapped?") == 1


def test_too_few_predictions_are_no_verdict(open_page: OpenPage, service: Service) -> None:
    _ask(service, number=20)
    page = open_page("drift", service)
    assert not sentences(page)
    text = _text(page)
    assert "**Not enough data**" in text
    assert "This period has 20 predictions; at least 100 are needed." in text
    assert "No drift" not in text
    assert not page.dataframe
    assert not [button for button in page.button if button.key == "drift_ask"]


def test_predictions_that_were_asked_again_are_said_to_count_once(
    open_page: OpenPage, service: Service
) -> None:
    _ask(service)
    _ask(service)
    page = open_page("drift", service)
    assert not sentences(page)
    words = f" {2 * ROWS:,} predictions"[1:]
    (sample,) = [caption.value for caption in page.caption if words in caption.value]
    assert f"{ROWS:,} of them are different: equal ones count once." in sample
    assert "No drift" in _text(page)


def test_another_input_is_opened_in_the_same_window(open_page: OpenPage, service: Service) -> None:
    _ask(service, income_factor=1.5)
    page = open_page("drift", service)
    choice = page.selectbox(key="drift_opened")
    assert choice.value == "MedInc"
    before = _sample(page)
    choice.set_value("prediction").run()
    assert not sentences(page)
    assert any(r"Unit: \$1,000." in caption.value for caption in page.caption)
    assert any(f"current n = {ROWS:,}" in caption.value for caption in page.caption)
    assert _sample(page) == before
    assert choice.options == [column_label(name) for name in _names(page)]


def test_looking_again_compares_anew(open_page: OpenPage, service: Service) -> None:
    _ask(service)
    page = open_page("drift", service)
    before = _sample(page)
    _ask(service, number=100)
    page.run()
    assert _sample(page) == before, "the page stays as it is"
    del page.session_state[KEPT]  # as the header's button does
    page.run()
    assert f"{ROWS + 100:,} predictions" in _sample(page)


def test_a_retraining_is_asked_for_with_reason_and_window(
    open_page: OpenPage, operated_service: Service
) -> None:
    _ask(operated_service, income_factor=1.5)
    page = open_page("drift", operated_service, dashboard_key=OPERATOR_KEY)
    page.button(key="drift_ask").click().run()
    assert "drift: Median income" in str(page.text_area(key="drift_reason").value)
    assert not list(operated_service.settings.paths.triggers.glob("*")), (
        "not before it is confirmed"
    )
    page.text_area(key="drift_reason").set_value("Incomes rose.").run()
    page.button(key="drift_confirm").click().run()
    assert not sentences(page)
    (trigger,) = operated_service.settings.paths.triggers.glob("*.trigger")
    content = json.loads(trigger.read_text())
    assert content["reason"] == "Incomes rose."
    assert content["source"] == "drift"
    assert content["window"]["since"]
    assert content["window"]["until"]
    assert f"`{trigger.stem}`" in page.success[0].value


def test_without_the_right_a_retraining_is_refused_in_the_words_of_the_service(
    open_page: OpenPage, operated_service: Service
) -> None:
    _ask(operated_service, income_factor=1.5)
    page = open_page("drift", operated_service)
    page.button(key="drift_ask").click().run()
    page.button(key="drift_confirm").click().run()
    (sentence,) = sentences(page)
    assert "operator" in sentence
    assert not list(operated_service.settings.paths.triggers.glob("*"))


def test_without_the_service_one_sentence_then_everything_when_it_is_back(
    open_page: OpenPage, service: Service
) -> None:
    _ask(service)
    service.stop()
    page = open_page("drift", service)
    assert len(sentences(page)) == 1
    service.start()
    page.run()
    assert not sentences(page)
    assert "No drift" in _text(page)


def test_without_a_model_it_says_so_once(
    open_page: OpenPage, service_without_model: Service
) -> None:
    page = open_page("drift", service_without_model)
    assert len(sentences(page)) == 1
    assert not page.dataframe


def _ask(service: Service, number: int = ROWS, income_factor: float = 1.0) -> None:
    with HousingClient(service.settings.addresses.backend_url, timeout_seconds=60) as client:
        client.predict_batch(unseen_districts(number, income_factor))
    service.store_records()


def _text(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)


def _sample(page: AppTest) -> str:
    return next(
        text.value for text in page.caption if "compared with the training data" in text.value
    )


def _names(page: AppTest) -> list[str]:
    reading = page.session_state["drift_reading"]
    return [*reading.found.drift_analysis.drift_scores, "prediction"]


def test_the_page_stands_alone(open_page: OpenPage, service: Service) -> None:
    assert [title.value for title in open_page("drift", service).title] == ["Drift"]


def _only(**said: Any) -> dict[str, Any]:
    """Return some of a model's fields, as if there were no others."""
    return said
