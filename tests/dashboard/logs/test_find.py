"""The field that finds a request: by its id, a prediction's id, or the caller's reference."""

import pytest

from backend.client import HousingClient
from backend.contract.predictions import EXAMPLE, HousingFeatures
from storage.schema.records import LogRecord
from storage.spool.log_handler import open_spool
from tests.dashboard.conftest import OpenPage, Service, sentences

ROW = HousingFeatures(**EXAMPLE)


@pytest.mark.parametrize("by", ["request", "prediction", "reference"])
def test_a_request_is_found_by_whatever_a_person_has(
    open_page: OpenPage, service: Service, client: HousingClient, by: str
) -> None:
    asked = client.predict(ROW, "asked-by-a-client", reference="house 17")
    client.predict(ROW)
    spool = open_spool(service.settings)
    line = LogRecord(level="INFO", module="backend.app", message="Seen.", process="api")
    spool.append([line.model_copy(update={"request_id": "asked-by-a-client"})])
    spool.close()
    service.store_records()
    names = {
        "request": "asked-by-a-client",
        "prediction": asked.prediction_id,
        "reference": "house 17",
    }
    page = open_page("logs", service)
    page.text_input(key="find").set_value(f" {names[by]} ").run()
    assert not sentences(page)
    texts = [str(table.value) for table in page.table]
    assert any("asked-by-a-client" in text and "POST /predict" in text for text in texts)
    assert "Log lines" in [each.value for each in page.header]
    found = [table.value for table in page.dataframe]
    assert any("Seen." in set(table.get("message", ())) for table in found)


def test_a_name_that_nothing_has_is_said(open_page: OpenPage, service: Service) -> None:
    service.store_records()
    page = open_page("logs", service)
    for name in ("nothing", "01a2" * 8, "a/b?c=%20#d", ".", ".."):
        page.text_input(key="find").set_value(name).run()
        assert any("has this ID or reference" in each.value for each in page.caption), name
        assert not sentences(page)


def test_of_several_with_one_reference_the_newest_is_shown(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    for _ in range(3):
        newest = client.predict(ROW, reference="again")
    service.store_records()
    page = open_page("logs", service)
    page.text_input(key="find").set_value("again").run()
    assert any(each.value.startswith("2 more of the newest") for each in page.caption)
    assert any(newest.prediction_id in str(table.value) for table in page.table)
