"""The Batch page: a file with good and bad rows, wrong files, and the service failing in the middle."""

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.definition import PRESETS
from backend.contract.predictions import (
    FEATURE_NAMES,
    BatchPredictionResponse,
    HousingFeatures,
)
from backend.contract.records import PredictionsQuery
from dashboard.batch import run as batch_run
from tests.dashboard.conftest import OpenPage, Service, sentences

HEADER = ",".join(FEATURE_NAMES)
ROWS = [",".join(str(value) for value in district.inputs) for district in PRESETS]


def test_it_begins_with_a_template(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    assert not sentences(page)
    assert any("No file yet" in text.value for text in page.markdown)
    assert page.download_button(key="batch_template").label == "Download template"


def test_good_rows_are_scored_and_bad_ones_listed(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("batch", service)
    _upload(page, [ROWS[0], ROWS[1].replace("37.32", "73.2"), ROWS[2], "1,2"])
    assert _metrics(page) == {"Rows": "4", "Valid rows": "2", "Skipped": "2", "Problems": "2"}
    problems = page.dataframe[0].value
    assert problems["row"].tolist() == [3, 5]
    assert problems["column"].tolist() == ["Latitude", "whole row"]
    assert page.button(key="batch_start").label == "Score 2 rows"
    page.button(key="batch_start").click().run()
    assert not sentences(page)
    assert _metrics(page)["Scored"] == "2"
    expected = client.predict_batch([PRESETS[0].features, PRESETS[2].features]).predictions
    run = page.session_state["batch_run"]
    assert run.predictions == expected
    rows = list(run.result_rows())
    assert [row[0] for row in rows] == [2, 4]
    assert [row[1:9] for row in rows] == [PRESETS[0].inputs, PRESETS[2].inputs]
    assert page.download_button(key="batch_download").label == "Download 2 scored rows"
    service.store_records()
    prediction_id = rows[1][run.result_names.index("prediction_id")]
    assert client.prediction(str(prediction_id)).prediction.prediction == expected[1]


def test_a_column_of_own_ids_is_logged_and_comes_back(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("batch", service)
    content = "\n".join([f"{HEADER},reference", f"{ROWS[0]},parcel 17", f"{ROWS[1]},"])
    page.file_uploader(key="batch_upload").set_value(("a.csv", content.encode(), "text/csv")).run()
    page.button(key="batch_start").click().run()
    assert not sentences(page)
    run = page.session_state["batch_run"]
    assert run.result_csv().splitlines()[0].startswith("row,reference,MedInc")
    assert [row[1] for row in run.result_rows()] == ["parcel 17", None]
    assert page.dataframe[-2].value["reference"].tolist()[0] == "parcel 17"
    service.store_records()
    (found,) = client.predictions(PredictionsQuery(reference="parcel 17")).predictions
    assert found.prediction == run.predictions[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "The file has no column MedInc"),
        (HEADER.encode(), "has a header but no rows"),
        (b"\x81\xff", "not text in UTF-8"),
    ],
)
def test_a_wrong_file_is_said_and_replaced(
    open_page: OpenPage, service: Service, content: bytes, sentence: str
) -> None:
    page = open_page("batch", service)
    page.file_uploader(key="batch_upload").set_value(("a.csv", content, "text/csv")).run()
    (said,) = sentences(page)
    assert sentence in said
    _upload(page, ROWS)
    assert not sentences(page)
    assert _metrics(page)["Valid rows"] == "6"


def test_the_page_says_how_the_file_was_understood(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    lines = [";".join([*FEATURE_NAMES, "note"]), ROWS[0].replace(",", ";").replace(".", ",") + ";x"]
    upload = ("groups.csv", "\n".join(lines).encode(), "text/csv")
    page.file_uploader(key="batch_upload").set_value(upload).run()
    said = [caption.value.replace("\\", "") for caption in page.caption]
    assert (
        "Read as CSV: semicolon-separated, decimal comma, UTF-8. Kept beside the result: note."
        in said
    ), said
    assert _metrics(page)["Valid rows"] == "1"


def test_nothing_to_score_has_no_button(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    _upload(page, ["1,2"])
    assert any("no valid rows" in warning.value for warning in page.warning)
    assert not any(button.key == "batch_start" for button in page.button)


def test_what_was_scored_stays_when_the_service_fails_and_is_resumed(
    open_page: OpenPage, service: Service, client: HousingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_run, "ROWS_A_CHUNK", 2)
    ask = HousingClient.predict_batch

    def stop_after_two(
        self: HousingClient, instances: list[HousingFeatures], *, references: None
    ) -> BatchPredictionResponse:
        answer = ask(self, instances, references=references)
        if instances[1] == PRESETS[3].features:
            service.stop()
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(HousingClient, "predict_batch", stop_after_two)
        page = open_page("batch", service)
        _upload(page, ROWS)
        page.button(key="batch_start").click().run()
    (warning,) = [each.value for each in page.warning]
    assert "Stopped after 4 of 6 rows" in warning
    assert "does not answer" in warning
    assert page.download_button(key="batch_download").label == "Download 4 scored rows"
    service.start()
    assert page.button(key="batch_start").label == "Resume at row 5"
    page.button(key="batch_start").click().run()
    assert not page.warning
    assert not sentences(page)
    everything = client.predict_batch([district.features for district in PRESETS])
    assert page.session_state["batch_run"].predictions == everything.predictions
    with pytest.raises(KeyError):
        page.button(key="batch_start")


def test_the_file_stays_while_another_page_is_looked_at(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("batch", service)
    _upload(page, ROWS)
    kept = page.session_state["batch_run"]
    other = open_page("batch", service)
    other.session_state["batch_run"] = kept
    other.run()
    assert _metrics(other)["Valid rows"] == "6"


def test_another_file_does_not_start_by_itself(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    page.session_state["batch_running"] = True  # as it is while the file before is being scored
    _upload(page, ROWS)
    assert page.session_state["batch_run"].scored == 0
    assert page.button(key="batch_start").label == "Score 6 rows"


def test_a_file_that_is_taken_away_is_forgotten(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    _upload(page, ROWS)
    page.file_uploader(key="batch_upload").set_value(None).run()
    assert any("No file yet" in text.value for text in page.markdown)


def _upload(page: AppTest, rows: list[str]) -> None:
    content = "\n".join([HEADER, *rows]).encode()
    page.file_uploader(key="batch_upload").set_value(("groups.csv", content, "text/csv")).run()


def _metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}
