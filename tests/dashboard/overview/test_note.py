"""A note on the timeline, written on the Overview: by name, about a time, and seen there."""

from backend.client import HousingClient
from backend.contract.monitoring import HistoryQuery
from tests.dashboard.conftest import OPERATOR_KEY, OpenPage, Service, sentences


def test_a_note_is_written_by_name_and_seen_among_the_events(
    open_page: OpenPage, operated_service: Service
) -> None:
    page = open_page("overview", operated_service, dashboard_key=OPERATOR_KEY)
    page.button(key="overview_note_button").click().run()
    assert page.button(key="note_confirm").disabled
    page.text_input(key="note_person").set_value("Ada Lovelace")
    page.text_area(key="note_text").set_value("A new *client* asks from today on.")
    page.text_input(key="note_time").set_value("soon").run()
    assert "Write times such as" in page.error[0].value
    page.text_input(key="note_time").set_value("2026-01-05 10:00").run()
    page.button(key="note_confirm").click().run()
    assert not page.error
    assert not sentences(page)
    operated_service.store_records()
    with HousingClient(operated_service.settings.addresses.backend_url, OPERATOR_KEY) as client:
        (note,) = client.history(HistoryQuery(kind="note")).events
    assert (note.actor, note.summary) == ("Ada Lovelace", "A new *client* asks from today on.")
    assert note.timestamp.isoformat() == "2026-01-05T10:00:00+00:00"
    page.run()
    assert "A new *client* asks from today on." in page.dataframe[0].value["summary"].tolist()
