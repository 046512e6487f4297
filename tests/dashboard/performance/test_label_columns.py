"""A file of actual values with other names, or with several sheets, is asked about."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.predictions import EXAMPLE, HousingFeatures
from dashboard.performance.label_columns import OpenedLabels
from dashboard.performance.label_file import UnknownColumns, read_labels
from storage.settings import Settings
from tests.dashboard.conftest import OpenPage, Service, log_writer, sentences
from tests.settings import changed
from tests.storage.tables.excel.workbooks import workbook

KEY = "operate"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def service(champion_settings: Settings) -> Iterator[Service]:
    """A service with a champion and an operator's key."""
    service = Service(changed(champion_settings, operator_key=KEY))
    service.start()
    yield service
    service.close()


def test_columns_and_sheet_are_said_by_a_person(open_page: OpenPage, service: Service) -> None:
    with HousingClient(service.settings.addresses.backend_url, KEY) as client:
        client.predict(HousingFeatures(**EXAMPLE), reference="17")
        service.store_records()
        page = open_page("performance", service, dashboard_key=KEY)
        rows: list[Any] = [["parcel", "note", "sold for"], [17, "x", 4.2], [18, "x", 4.3]]
        _upload(page, workbook({"Notes": [["by hand"]], "May": rows}))
        assert "has a header but no rows" in sentences(page)[0] or "no column" in sentences(page)[0]
        page.selectbox(key="performance_sheet").select("May").run()
        assert not sentences(page)
        assert page.selectbox(key="performance_values_column").value == "sold for"
        assert page.selectbox(key="performance_ids_kind").value == "your own ids"
        page.selectbox(key="performance_ids_column").select("parcel")
        page.button(key="performance_use_columns").click().run()
        assert not sentences(page)
        metrics = {metric.label: metric.value for metric in page.metric}
        assert (metrics["New"], metrics["Unknown"]) == ("1", "1")
        with log_writer(service):
            page.button(key="performance_attach").click().run()
        assert [row.actual for row in client.predictions().predictions] == [4.2]


def test_columns_of_other_names_are_read_as_said() -> None:
    content = b"key,sold\na,4.2\nb,many\n" + b"x" * 65 + b",1.0\n"
    with pytest.raises(UnknownColumns) as raised:
        read_labels(content)
    assert raised.value.found == ("key", "sold")
    found = read_labels(content, {"prediction_id": "key", "actual": "sold"})
    assert [(item.prediction_id, item.actual) for item in found.items] == [("a", 4.2)]
    assert [(each.row, each.column) for each in found.problems] == [(3, "sold"), (4, "key")]
    same = (
        OpenedLabels(content).with_sheet(None).with_columns({"reference": "key", "actual": "key"})
    )
    assert same.refused == "The column key cannot have both the ids and the values."


def _upload(page: AppTest, content: bytes) -> None:
    page.file_uploader(key="performance_file").set_value(("labels.xlsx", content, XLSX)).run()
