"""The Overview page: what it shows of a service that is new, busy, without a model, or down."""

from contextlib import closing
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient, ServiceRefused
from backend.contract.predictions import EXAMPLE, FEATURES, HousingFeatures
from backend.contract.records import RequestsQuery
from backend.workers.stand_in import Starting
from dashboard.overview.predictions import PREDICTED
from dashboard.timeline.comparison import COMPARE
from dashboard.wording.value import rounded, written
from storage.log_writer.status import LogWriterStatus, publish
from storage.paths import RuntimePaths
from storage.schema.manifest import ChampionPointer
from storage.schema.records import utc_now
from storage.spool.spool import Spool
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.storage.records import request


def test_a_new_service_is_up_and_invites_a_first_question(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("overview", service)
    assert not sentences(page)
    assert any("No predictions in the last hour" in text.value for text in page.markdown)
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures.pop("Age of the model")
    assert figures.pop("Oldest in the queue")
    assert figures.pop("Requests") == "0 /h"
    assert set(figures.values()) == {"–"}, "none is known yet, and none is made up"
    assert not page.dataframe


def test_the_figures_are_those_of_the_recorded_requests(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    price = _ask(client, good=20, bad=5)
    service.store_records()
    page = open_page("overview", service)
    assert not sentences(page)
    metrics = {metric.label: metric.value for metric in page.metric}
    assert float(metrics["Requests"].removesuffix(" /h")) == pytest.approx(25, abs=1)
    assert metrics["Errors"] == "20.0%"
    assert float(metrics["Latency, p95"].removesuffix(" ms")) > 0
    assert any("Predictions of the last hour" in text.value for text in page.caption)
    assert len(page.get("echarts_chart")) == 1
    table = page.dataframe[0].value
    assert len(table) == 12
    assert set(table[PREDICTED]) == {rounded(price)}
    assert dict(table.iloc[0][[feature.name for feature in FEATURES]]) == EXAMPLE


def test_the_figures_of_traffic_are_compared_with_the_period_before(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    _ask(client, good=9, bad=3)
    earlier = utc_now() - timedelta(minutes=80)
    with closing(Spool(service.settings.paths.spool, 2**20)) as spool:
        spool.append([request().model_copy(update={"timestamp": earlier}) for _ in range(4)])
    service.store_records()
    page = open_page("overview", service)
    assert {metric.delta for metric in page.metric} == {""}
    page.session_state[COMPARE] = True
    page.run()
    assert not sentences(page)
    changes = {metric.label: metric.delta for metric in page.metric}
    assert (changes["Requests"], changes["Errors"]) == ("×3", "+25.0 points")
    assert changes["Latency, p95"]


def test_the_figures_come_from_the_summary_and_not_from_rows(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    open_page("overview", service)
    service.store_records()
    asked = {row.endpoint for row in client.api_metrics(RequestsQuery(limit=100)).metrics}
    assert "/metrics/api/summary" in asked
    assert "/metrics/api" not in asked


def test_every_request_counts_when_the_operator_asks_for_it(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    _ask(client, good=3, bad=0)
    client.info()
    service.store_records()
    page = open_page("overview", service)
    page.segmented_control(key="overview_scope").set_value("All requests").run()
    assert not sentences(page)
    assert float(page.metric[0].value.removesuffix(" /h")) > 3.5


def test_the_served_model_is_shown_with_its_test_error_in_dollars(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    info = client.info()
    facts = open_page("overview", service).table[0].value.iloc[:, 0]
    assert facts["Type"] == info.model_type
    assert facts["Version"] == f"`{info.model_version}`"
    assert written(info.metrics["test_rmse"]).removeprefix("$") in facts["Test RMSE"]


def test_a_champion_that_was_refused_is_named_with_the_reason(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    served = client.info().model_version
    pointer = ChampionPointer(version="gone").model_dump_json()
    service.settings.paths.champion_pointer.write_text(pointer)
    service.follow_the_champion()
    page = open_page("overview", service)
    assert not sentences(page)
    [said] = [warning.value for warning in page.warning]
    assert said.startswith(f"Version gone was refused; {served} still serves. ")
    assert said.endswith(f" {client.health().refused_reason}")


def test_records_that_could_not_be_read_are_said(open_page: OpenPage, service: Service) -> None:
    _reject_a_record(service.settings.paths)
    page = open_page("overview", service)
    assert [warning.value for warning in page.warning] == [
        "Unreadable records: 1. They are kept in the spool's folder of rejected records."
    ]


def test_alarms_are_shown_while_the_service_predicts(open_page: OpenPage, service: Service) -> None:
    alarms = ("No records are removed by age.", "The log database was replaced.")
    paths = service.settings.paths
    paths.spool.mkdir(exist_ok=True)
    status = LogWriterStatus(updated_at=utc_now(), problems=alarms)
    publish(paths.log_writer_status, status)
    page = open_page("overview", service)
    assert tuple(warning.value for warning in page.warning) == alarms


def test_without_a_model_the_rest_is_still_shown(
    open_page: OpenPage, service_without_model: Service
) -> None:
    page = open_page("overview", service_without_model)
    assert len(sentences(page)) == 1
    assert "Records" in [header.value for header in page.header]
    assert "Current model" not in [header.value for header in page.header]


def test_without_the_service_one_sentence_then_everything_when_it_is_back(
    open_page: OpenPage, service: Service
) -> None:
    service.stop()
    page = open_page("overview", service)
    assert len(sentences(page)) == 1
    assert service.settings.addresses.backend_url in sentences(page)[0]
    service.start()
    page.run()
    assert not sentences(page)
    assert {"Current model", "Records"} <= {header.value for header in page.header}


def test_a_missing_key_is_said_in_the_words_of_the_service(
    open_page: OpenPage, guarded_service: Service
) -> None:
    page = open_page("overview", guarded_service)
    assert sentences(page) == [
        "This needs a key with the role viewer; send `Authorization: Bearer <key>`."
    ]
    assert not sentences(open_page("overview", guarded_service, dashboard_key="see"))


def _ask(client: HousingClient, good: int, bad: int) -> float:
    price = 0.0
    refused = HousingFeatures.model_construct(None, **EXAMPLE | {"MedInc": -1.0})
    for _ in range(good):
        price = client.predict(HousingFeatures(**EXAMPLE)).prediction
    for _ in range(bad):
        with pytest.raises(ServiceRefused):
            client.predict(refused)
    return price


def _reject_a_record(paths: RuntimePaths) -> None:
    paths.rejected_records.mkdir(parents=True, exist_ok=True)
    (paths.rejected_records / "one.rejected").write_text("{}\n")


def test_the_page_stands_alone(open_page: OpenPage, service: Service) -> None:
    page: AppTest = open_page("overview", service)
    assert [title.value for title in page.title] == ["Overview"]


def test_a_starting_service_is_no_error(
    open_page: OpenPage, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.stop()
    starting = Starting(service.settings.paths, "The service is starting.")
    monkeypatch.setattr(service, "application", lambda app: starting)
    service.start()
    for name in ("overview", "predict"):
        page = open_page(name, service)
        assert not page.error
        assert [info.value for info in page.info] == ["The service is starting."]
