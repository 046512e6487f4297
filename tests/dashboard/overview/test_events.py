"""Events on the Overview: repeated checks are one line, kinds are chosen, and a line opens in place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.client import HousingClient
from backend.contract.monitoring import EventRow
from dashboard.overview.event_group import grouped
from dashboard.overview.events import group_cells
from storage.schema.records import EventKind, EventRecord
from storage.schema.source import Source
from storage.spool.log_handler import open_spool
from tests.dashboard.conftest import OPERATOR_KEY, OpenPage, Service, sentences

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def event(number: int, kind: EventKind = "check", **figures: Any) -> EventRow:
    return EventRow(
        id=number,
        timestamp=NOON + timedelta(hours=number),
        event_id=str(number),
        kind=kind,
        actor="monitor",
        subject="one",
        summary=f"Check {number}.",
        figures=figures,
    )


def test_checks_of_one_verdict_in_a_row_are_one_line() -> None:
    calm: dict[str, Any] = {"drift_alarm": False, "rows": 1}
    alarmed: dict[str, Any] = {"drift_alarm": True, "rows": 2}
    events = [
        event(9, **calm),
        event(8, drift_alarm=False, rows=7),
        event(7, **alarmed),
        event(6, "alert", **alarmed),
        event(5, **calm),
        event(4, "alert"),
        event(3, "alert"),
        event(2, drift_alarm=None),
        event(1, **calm),
    ]
    groups = grouped(events)
    assert [[each.id for each in group.events] for group in groups] == [
        [9, 8],
        [7],
        [6],
        [5],
        [4],
        [3],
        [2],
        [1],
    ]
    assert [group_cells(group)["kind"] for group in groups[:3]] == ["Check × 2", "Check", "Alert"]
    assert groups[0].oldest.timestamp == NOON + timedelta(hours=8)
    assert grouped([]) == []


@pytest.fixture
def eventful(operated_service: Service) -> Service:
    """A service with thirty checks after a promotion."""
    spool = open_spool(operated_service.settings)
    promotion = EventRecord(event_kind="promotion", actor="admin", summary="Promoted.")
    checks = [
        EventRecord(event_kind="check", actor="monitor", summary="Quiet.", figures={"alarm": False})
        for _ in range(30)
    ]
    spool.append([promotion, *checks])
    spool.close()
    operated_service.store_records()
    return operated_service


def test_what_happened_before_many_checks_is_still_in_sight(
    open_page: OpenPage, eventful: Service
) -> None:
    page = open_page("overview", eventful)
    table = page.dataframe[0].value
    assert list(table["kind"]) == ["Check × 30", "Promotion"]
    assert list(table["actor"]) == ["monitor", "admin"]
    chosen = page.segmented_control(key="overview_events_shown")
    chosen.set_value("Model changes").run()
    assert list(page.dataframe[0].value["kind"]) == ["Promotion"]
    page.segmented_control(key="overview_events_shown").set_value("Alerts").run()
    assert any(each.value == "No such events yet." for each in page.caption)
    assert not sentences(page)


@pytest.mark.parametrize(("source", "by"), [("probe", "monitor"), ("client", "operator")])
def test_a_check_is_said_to_be_of_who_asked_for_it(
    operated_service: Service, source: Source, by: str
) -> None:
    url = operated_service.settings.addresses.backend_url
    with HousingClient(url, OPERATOR_KEY, 60, source) as client:
        operated_service.store_records()
        client.run_checks()
        operated_service.store_records()
        assert [each.actor for each in client.history().events if each.kind == "check"] == [by]
