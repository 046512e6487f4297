"""The Batch page with files as people have them: other names, workbooks, further columns."""

from typing import Any

from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.predictions import EXAMPLE, FEATURE_NAMES, HousingFeatures
from backend.contract.records import PredictionsQuery
from storage.tables.result_names import SHOWN_NAMES
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.storage.tables.excel.workbooks import workbook

OTHER = {"MedInc": "income", "Latitude": "lat", "Longitude": "lng"}
NAMES = [OTHER.get(name, name) for name in FEATURE_NAMES]
VALUES = list(EXAMPLE.values())
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_file_with_other_names_is_asked_about_and_scored(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("batch", service)
    unusual = [0.1, *VALUES[1:]]
    lines = [["plot", *NAMES], ["007", *VALUES], ["008", *unusual]]
    _upload(page, "a.csv", "\n".join(",".join(map(str, line)) for line in lines).encode())
    assert not sentences(page)
    assert any(
        "Which columns are MedInc, Latitude, Longitude?" in one.value for one in page.markdown
    )
    assert page.selectbox(key="batch_column_MedInc").value == "income"
    assert page.selectbox(key="batch_column_Longitude").value == "lng"
    assert "income: 8.3252, 0.1" in page.selectbox(key="batch_column_MedInc").options
    page.selectbox(key="batch_column_reference").select("plot")
    page.button(key="batch_use_columns").click().run()
    assert not sentences(page)
    page.button(key="batch_start").click().run()
    run = page.session_state["batch_run"]
    first, second = (dict(zip(run.result_names, row, strict=True)) for row in run.result_rows())
    answer = client.predict(HousingFeatures(**EXAMPLE))
    assert (first["row"], first["reference"], first["warnings"]) == (2, "007", "")
    assert first["prediction"] == answer.prediction
    assert first["support"] == answer.support
    assert first[SHOWN_NAMES[0]] == round(answer.prediction * 1_000) * 100
    (warning,) = client.predict(HousingFeatures.of(unusual)).warnings
    assert second["warnings"] == warning.message
    service.store_records()
    assert client.predictions(PredictionsQuery(reference="008")).total == 1


def test_a_wrong_choice_is_said_and_can_be_mended(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    _upload(page, "a.csv", _text([NAMES, VALUES]))
    page.selectbox(key="batch_column_MedInc").select("HouseAge")
    page.button(key="batch_use_columns").click().run()
    (said,) = sentences(page)
    assert "The column HouseAge is taken for MedInc and for HouseAge" in said
    page.selectbox(key="batch_column_MedInc").select("income")
    page.button(key="batch_use_columns").click().run()
    assert not sentences(page)
    assert page.button(key="batch_start").label == "Score 1 rows"


def test_a_sheet_can_be_chosen(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    may, june = [list(FEATURE_NAMES), VALUES], [list(FEATURE_NAMES), VALUES, VALUES]
    _upload(page, "a.xlsx", workbook({"Notes": [["by hand"]], "May": may, "June": june}), XLSX)
    (said,) = sentences(page)
    assert "has no column MedInc" in said or "no rows" in said
    page.selectbox(key="batch_sheet").select("June").run()
    assert not sentences(page)
    assert page.button(key="batch_start").label == "Score 2 rows"
    page.selectbox(key="batch_sheet").select("May").run()
    assert page.button(key="batch_start").label == "Score 1 rows"


def test_the_choice_of_one_file_is_not_that_of_the_next(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("batch", service)
    _upload(page, "a.csv", _text([["plot", *FEATURE_NAMES], ["p1", *VALUES]]))
    page.selectbox(key="batch_column_reference").select("plot")
    page.button(key="batch_use_columns").click().run()
    assert page.session_state["batch_run"].file.references == ["p1"]
    _upload(page, "b.csv", _text([["plot", *FEATURE_NAMES], ["p1", *VALUES]]))
    file = page.session_state["batch_run"].file
    assert (file.references, file.kept_names) == (None, ["plot"])


def test_further_columns_follow_the_result(open_page: OpenPage, service: Service) -> None:
    page = open_page("batch", service)
    _upload(page, "a.csv", _text([["note", *FEATURE_NAMES, "support"], ["=1+1", *VALUES, "me"]]))
    page.button(key="batch_start").click().run()
    header, row = page.session_state["batch_run"].result_csv().splitlines()
    assert header.endswith("model_version,note,given_support")
    assert row.endswith(",'=1+1,me")  # a spreadsheet does not run it
    assert page.dataframe[-2].value["note"].tolist() == ["'=1+1"]


def _text(lines: list[list[Any]]) -> bytes:
    return "\n".join(",".join(map(str, line)) for line in lines).encode()


def _upload(page: AppTest, name: str, content: bytes, kind: str = "text/csv") -> None:
    page.file_uploader(key="batch_upload").set_value((name, content, kind)).run()
