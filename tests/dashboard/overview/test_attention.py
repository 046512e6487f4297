"""What needs attention comes first on the Overview: what fires, since when, why, and where to act."""

from datetime import timedelta
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from backend.alerts.machine import step
from backend.alerts.store import AlertStore
from backend.contract.alerts import AlertsResponse
from dashboard.overview.attention import LOOK
from dashboard.shared.alert import watch_problem
from storage.schema.alerts import AlertBook, RuleName
from storage.schema.records import utc_now
from tests.backend.alerts.test_machine import reading
from tests.dashboard.conftest import OpenPage, Service, sentences


def told(page: AppTest) -> str:
    return " ".join(text.value for text in page.markdown)


def links(page: AppTest) -> set[str]:
    return {link.proto.label for link in page.get("page_link")}


def well_for_an_hour(book: AlertBook) -> AlertBook:
    for minute in range(-60, 1):
        book = step(book, [reading(False, hold=0)], utc_now() + timedelta(minutes=minute))
    return book


def test_what_fires_comes_first_and_is_gone_when_it_is_over(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("overview", service)
    assert "The monitor has not judged anything yet" in told(page)
    store = AlertStore(service.settings.paths)
    book = store.change(lambda book: step(book, [reading(True, hold=0)], utc_now()))
    page.run()
    assert not sentences(page)
    assert page.header[0].value == "Needs attention"
    first = page.markdown[0].value
    assert ":orange-badge" in first
    assert "since " in first
    assert {LOOK[book.firing[0].rule].title, "Take care"} <= links(page)
    store.change(well_for_an_hour)
    page.run()
    assert "**Nothing needs attention** :small[:gray[as of " in told(page)
    assert "Needs attention" not in {header.value for header in page.header}


def test_a_silent_monitor_is_no_good_news() -> None:
    now = utc_now()
    quiet = AlertsResponse(
        timestamp=now, firing=[], recent=[], routes=[], evaluated_at=now - timedelta(hours=2)
    )
    problem = watch_problem(quiet, now)
    assert problem is not None
    assert "last judged 2 h ago" in problem


@pytest.mark.parametrize("rule", get_args(RuleName))
def test_every_rule_has_a_page_to_look_at(rule: str) -> None:
    assert rule in LOOK
