"""The Performance page: without data, with labels, and bringing labels in from a file."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.feedback import FeedbackItem
from backend.contract.performance import Estimate, EstimatedError
from backend.contract.predictions import FEATURE_NAMES, HousingFeatures
from dashboard.performance import label_template
from dashboard.performance.error_chart import error_option
from dashboard.performance.label_file import read_labels
from dashboard.performance.label_template import template, unlabelled_rows
from dashboard.performance.version import CHOSEN, PARAMETER, SERVING
from dashboard.performance.words import verdict
from dashboard.wording.moment import on_axis
from storage.models.champion import ChampionSwitch
from storage.models.store import ModelStore
from storage.settings import Settings
from storage.tables.number import UNSAVED_FORMULA
from tests.dashboard.conftest import OpenPage, Service, log_writer, sentences
from tests.settings import changed
from tests.versions import champion_and_dearer
from training.dataset.sources import load_table
from training.dataset.splits import Part, split

KEY = "operate"


@pytest.fixture
def keyed_service(champion_settings: Settings) -> Iterator[Service]:
    """A service with a champion and an operator's key."""
    keyed = changed(champion_settings, operator_key=KEY)
    service = Service(keyed)
    service.start()
    yield service
    service.close()


@pytest.fixture
def operator(keyed_service: Service) -> Iterator[HousingClient]:
    with HousingClient(keyed_service.settings.addresses.backend_url, KEY) as client:
        yield client


@pytest.fixture(scope="module")
def held_out() -> Part:
    return split(load_table(), seed=0).test.open()


def ask(client: HousingClient, held_out: Part, count: int) -> list[str]:
    rows = held_out.inputs[:count].tolist()
    return client.predict_batch(
        [HousingFeatures(**dict(zip(FEATURE_NAMES, row, strict=True))) for row in rows]
    ).prediction_ids


def said(page: AppTest) -> str:
    return "\n".join(text.value for text in (*page.markdown, *page.caption))


def test_without_data_it_says_so_and_offers_nothing_to_fill_in(
    open_page: OpenPage, keyed_service: Service
) -> None:
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    assert not sentences(page)
    assert "Not enough data yet" in said(page)
    assert "Not enough data: 0 labelled predictions" in said(page)
    assert "No predictions by version" in said(page)
    assert page.download_button(key="performance_template").disabled


def test_labelled_predictions_are_judged(
    open_page: OpenPage, keyed_service: Service, operator: HousingClient, held_out: Part
) -> None:
    ids = ask(operator, held_out, 400)
    with log_writer(keyed_service):
        items = [
            FeedbackItem(prediction_id=one, actual=actual)
            for one, actual in zip(ids[:300], held_out.targets[:300].tolist(), strict=True)
        ]
        operator.feedback(items)
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    assert not sentences(page)
    assert "300 of 400 predictions" in said(page)
    figures = {key: value for table in page.table for key, value in table.value.iloc[:, 0].items()}
    found = operator.performance()
    assert found.realized.rmse is not None
    shown = f"{round(found.realized.rmse.value * 1_000) * 100:,}"
    assert shown in figures["RMSE"]
    assert figures["Based on"] == "100 unlabelled predictions"
    slices = page.dataframe[0].value
    assert slices["rmse"].is_monotonic_decreasing
    assert not page.download_button(key="performance_template").disabled


def test_a_file_is_checked_attached_and_reported(
    open_page: OpenPage, keyed_service: Service, operator: HousingClient, held_out: Part
) -> None:
    one, two, three = ask(operator, held_out, 3)
    keyed_service.store_records()
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    lines = [f"{one},2.5", f"{two},=2+2", f"{three},", "unknown,1.0", f"{one},2.5"]
    content = "\n".join(["prediction_id,actual", *lines]).encode()
    page.file_uploader(key="performance_file").set_value(("labels.csv", content, "text/csv")).run()
    assert page.dataframe[0].value.values.tolist() == [[3, "actual", UNSAVED_FORMULA, "'=2+2"]]
    assert "1 rows have no actual value yet" in said(page)
    assert _metrics(page) == {
        "New": "1",
        "Different": "0",
        "Duplicates": "1",
        "Unknown": "1",
        "Out of range": "0",
        "Other problems": "1",
    }
    assert operator.prediction(one).prediction.actual is None
    button = page.button(key="performance_attach")
    assert button.label == "Save 1 values"
    with log_writer(keyed_service):
        button.click().run()
    assert not sentences(page)
    assert _metrics(page) == {
        "Accepted": "1",
        "Corrected": "0",
        "Unknown": "1",
        "Duplicates": "1",
        "Different": "0",
    }
    assert operator.prediction(one).prediction.actual == 2.5
    content = content.replace(b",2.5", b",3.0") + f"\n{two},250000".encode()
    page.file_uploader(key="performance_file").set_value(("labels.csv", content, "text/csv")).run()
    assert (_metrics(page)["Different"], _metrics(page)["Out of range"]) == ("2", "1")
    assert page.button(key="performance_attach").disabled
    page.checkbox(key="performance_correct").check().run()
    assert _metrics(page)["Corrected"] == "1"
    assert page.button(key="performance_attach").disabled
    page.text_input(key="performance_person").input("Ada").run()
    page.text_input(key="performance_reason").input("=wrong()").run()
    with log_writer(keyed_service):
        page.button(key="performance_attach").click().run()
    assert not sentences(page)
    assert _metrics(page)["Corrected"] == "1"
    found = operator.prediction(one)
    assert found.prediction.actual == 3.0
    assert [(each.earlier, each.person) for each in found.corrections] == [(2.5, "Ada")]
    page.text_input(key="performance_label").input(one).run()
    assert "actual value **\\$300,000**, saved " in said(page)
    history = page.dataframe[-1].value
    assert history[["earlier", "actual"]].values.tolist() == [[250_000.0, 300_000.0]]
    assert history[["person", "actor", "reason"]].values.tolist() == [
        ["Ada", "Operator", "'=wrong()"]
    ]
    page.text_input(key="performance_label").input(two).run()
    assert "; no actual value yet." in said(page)
    page.text_input(key="performance_label").input("nobody's").run()
    assert "nobody's" in sentences(page)[0]


def _metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_a_wrong_file_is_said_in_a_sentence(open_page: OpenPage, keyed_service: Service) -> None:
    keyed_service.store_records()
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    page.file_uploader(key="performance_file").set_value(("x.csv", b"a\n1\n", "text/csv")).run()
    assert "no column prediction_id, actual" in sentences(page)[0]


def test_an_outage_is_said_once_and_the_rest_left_out(
    open_page: OpenPage, keyed_service: Service
) -> None:
    keyed_service.stop()
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    assert any("does not answer" in sentence for sentence in sentences(page))


def test_the_template_reads_back_as_rows_left_empty(
    keyed_service: Service, operator: HousingClient, held_out: Part
) -> None:
    ids = ask(operator, held_out, 5)
    operator.predict(HousingFeatures.of(held_out.inputs[0].tolist()), reference="parcel 17")
    keyed_service.store_records()
    text = template(unlabelled_rows(operator, None))
    found = read_labels(text.encode())
    assert (found.items, found.empty, found.problems) == ([], 6, ())
    rows = {row["prediction_id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert sorted(row["reference"] for row in rows.values()) == [""] * 5 + ["parcel 17"]
    first = rows[ids[0]]
    assert [float(first[name]) for name in FEATURE_NAMES] == held_out.inputs[0].tolist()
    assert datetime.fromisoformat(first["answered_at"]).tzinfo is not None


def test_the_template_has_as_many_rows_as_are_wanted(
    keyed_service: Service,
    operator: HousingClient,
    held_out: Part,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = ask(operator, held_out, 7)
    keyed_service.store_records()
    monkeypatch.setattr(label_template, "LARGEST_LIMIT", 3)
    for most in (None, 100, 7, 4, 3):
        found = [row.prediction_id for row in unlabelled_rows(operator, most)]
        assert len(set(found)) == len(found) == min(most or 7, 7)
        assert set(found) <= set(ids)


def test_the_chart_shows_gaps_and_not_zeros(
    keyed_service: Service, operator: HousingClient, held_out: Part
) -> None:
    ask(operator, held_out, 60)
    keyed_service.store_records()
    found = operator.performance()
    option = error_option(found)
    points = [*option["dataset"][0]["source"], *option["dataset"][1]["source"]]
    assert option["xAxis"][0]["min"] == on_axis(found.series[0].since)
    assert found.series[0].rows > 0
    assert len(points) == len(found.series)
    assert {point["realized"] for point in points} == {None}
    assert sum(point["estimated"] is not None for point in points) >= 1


def test_without_labels_the_verdict_is_the_estimates(
    keyed_service: Service, operator: HousingClient
) -> None:
    keyed_service.store_records()
    found = operator.performance()
    figure = Estimate(value=1.4, lower=1.2, upper=1.6)
    risen = EstimatedError(
        status="ok",
        reason=None,
        rows=500,
        estimated_rmse=figure,
        estimated_mae=figure,
        estimated_rmse_ratio=figure,
        estimated_degraded=True,
    )
    assert verdict(found).title == "Not enough data yet"
    words = verdict(found.model_copy(update={"estimated": risen}))
    assert words.title == "The error has probably risen"
    assert found.since < datetime.now(UTC)


def test_after_a_promotion_the_version_before_is_offered_and_named(
    open_page: OpenPage, keyed_service: Service, operator: HousingClient, held_out: Part
) -> None:
    store = ModelStore(keyed_service.settings.paths)
    before, serving = champion_and_dearer(store)
    ids = ask(operator, held_out, 200)
    with log_writer(keyed_service):
        operator.feedback([FeedbackItem(prediction_id=one, actual=2.0) for one in ids])
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    assert page.selectbox(key=CHOSEN).options == [f"{before} · serving", f"{serving} · challenger"]
    ChampionSwitch(store, store.manifest).promote(serving)
    keyed_service.follow_the_champion()
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    assert "has no labelled predictions in this period yet" in said(page)
    page.button(key="performance_show_previous").click().run()
    assert not sentences(page)
    assert f"200 of 200 predictions by version {before} are labelled" in said(page)
    choice = page.selectbox(key=CHOSEN)
    assert choice.value == before
    assert before in page.query_params[PARAMETER]
    assert choice.options == [f"{serving} · serving", f"{before} · previous"]
    choice.set_value(SERVING).run()
    assert f"No predictions by version {serving}" in said(page)
    assert PARAMETER not in page.query_params


def test_a_verdict_has_its_time_and_age(open_page: OpenPage, keyed_service: Service) -> None:
    keyed_service.store_records()
    page = open_page("performance", keyed_service, dashboard_key=KEY)
    assert re.search(r"As of \d\d:\d\d:\d\d UTC, (just now|\d s ago)\.", said(page))
