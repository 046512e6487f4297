"""Trust on the Overview: drifted share, realized beside estimated error, what happened."""

import re
from datetime import timedelta

from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.feedback import FeedbackItem
from backend.contract.performance import Estimate
from dashboard.overview.background_reading import BEING_READ
from dashboard.overview.error_comparison import ErrorFigures, comparison_option
from dashboard.timeline.comparison import COMPARE
from storage.schema.records import utc_now
from tests.dashboard.conftest import OPERATOR_KEY, OpenPage, Service, log_writer, sentences
from tests.districts import unseen_districts
from tests.log_writing import spread_predictions
from tests.system import wait_for

ROWS = 400
LABELLED = 200


def test_a_new_service_has_no_verdict_no_error_and_no_events(
    open_page: OpenPage, service: Service
) -> None:
    page = _read(open_page("overview", service))
    assert not sentences(page)
    text = _text(page)
    assert "Not enough data" in text
    assert "No drift" not in text
    assert "Realized: not enough labels (0)." in text
    assert "Estimated: not enough unlabelled predictions" in text
    assert any(caption.value.startswith("No events yet.") for caption in page.caption)


def test_drifted_share_and_both_errors_are_shown(
    open_page: OpenPage, operated_service: Service
) -> None:
    _ask_and_label(operated_service)
    page = _read(open_page("overview", operated_service))
    assert not sentences(page)
    text = _text(page)
    assert "1 of 8 inputs drifted (median income)" in text
    assert f"from {LABELLED:,} labelled predictions" in text
    assert f"for {ROWS - LABELLED:,} unlabelled predictions" in text
    assert "Realized **" in text
    assert "*Estimated ≈ " in text
    aged = [each.value for each in page.caption if re.search(r"predictions, as of \d", each.value)]
    assert len(aged) == 2, "each verdict carries its time and age"


def test_the_figures_are_compared_with_the_day_before(
    open_page: OpenPage, operated_service: Service
) -> None:
    _ask_and_label(operated_service, income_factor=1.0, error=0.5)
    now = utc_now()
    spread_predictions(
        operated_service.settings, now - timedelta(hours=40), now - timedelta(hours=30)
    )
    _ask_and_label(operated_service, income_factor=1.5, error=1.0)
    page = open_page("overview", operated_service)
    assert {metric.delta for metric in page.metric} == {""}
    page.session_state[COMPARE] = True
    wait_for(lambda: _changes(_read(page))["Drift"], what="the day before")
    assert not sentences(page)
    changes = _changes(page)
    assert (changes["Drift"], changes["RMSE"], changes["Labelled"]) == ("+1", "×2", "+0.0 points")


def test_events_are_listed_newest_first(open_page: OpenPage, operated_service: Service) -> None:
    with HousingClient(operated_service.settings.addresses.backend_url, OPERATOR_KEY) as operator:
        operator.trigger_retraining("Incomes rose.")
    operated_service.store_records()
    events = _read(open_page("overview", operated_service)).dataframe[0].value
    assert list(events["kind"]) == ["Retraining requested"]
    assert "Incomes rose." in events["summary"].iloc[0]


def test_without_the_service_the_reports_are_quiet(open_page: OpenPage, service: Service) -> None:
    service.stop()
    page = _read(open_page("overview", service))
    assert len(sentences(page)) == 1
    quiet = [text.value for text in page.caption if "unavailable while" in text.value]
    assert len(quiet) == 3


def test_the_two_errors_never_look_alike() -> None:
    estimate = Estimate(value=0.5, lower=0.4, upper=0.6)
    option = comparison_option(ErrorFigures(estimate, estimate, 0.45))
    realized_line, realized, estimated_line, estimated = option["series"]
    assert realized["data"] == [[50.0, "Realized"]]
    assert estimated["data"] == [[50.0, "Estimated"]]
    assert realized_line["lineStyle"]["type"] != estimated_line["lineStyle"]["type"]
    assert realized_line["lineStyle"]["color"] != estimated_line["lineStyle"]["color"]
    assert realized["symbol"] != estimated["symbol"]
    assert realized["itemStyle"]["color"] != estimated["itemStyle"]["color"]
    assert realized_line["markLine"]["data"] == [{"xAxis": 45.0}]


def _changes(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.delta for metric in page.metric}


def _ask_and_label(service: Service, income_factor: float = 1.5, error: float = 0.0) -> None:
    with HousingClient(
        service.settings.addresses.backend_url, OPERATOR_KEY, timeout_seconds=60
    ) as client:
        answer = client.predict_batch(unseen_districts(ROWS, income_factor=income_factor))
        service.store_records()
        labelled = zip(answer.prediction_ids, answer.predictions, strict=True)
        items = [
            FeedbackItem(prediction_id=prediction_id, actual=prediction + error)
            for prediction_id, prediction in list(labelled)[:LABELLED]
        ]
        with log_writer(service):
            client.feedback(items)
    service.store_records()


def _read(page: AppTest) -> AppTest:
    """Look again until the reports are there."""

    def is_read() -> bool:
        page.run()
        return not any(caption.value == BEING_READ for caption in page.caption)

    wait_for(is_read, what="the reports")
    return page


def _text(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)
