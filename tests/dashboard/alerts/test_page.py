"""The Alerts page: what fires, what a person does about it, and what is said when nobody watches."""

from datetime import timedelta

from streamlit.testing.v1 import AppTest

from backend.alerts.machine import delivered, step, with_routes
from backend.alerts.store import AlertStore
from storage.schema.alerts import AlertBook
from storage.schema.records import utc_now
from tests.backend.alerts.test_machine import reading
from tests.dashboard.conftest import OPERATOR_KEY, OpenPage, Service, sentences


def told(page: AppTest) -> str:
    elements = (*page.markdown, *page.success, *page.warning, *page.caption)
    return " ".join(element.value for element in elements)


def judged(store: AlertStore, *, bad: bool, routes: tuple[str, ...] = ("mailto 1",)) -> AlertBook:
    return store.change(
        lambda book: step(with_routes(book, routes), [reading(bad, hold=0)], utc_now())
    )


def test_without_an_alert_it_says_so_with_the_time_and_shows_the_rules(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("alerts", service)
    assert not sentences(page)
    assert "The monitor has not judged anything yet" in page.warning[0].value
    assert "HOUSING_ALERTS_ROUTES" in told(page)
    rules = page.table[0].value
    assert len(rules) == 11
    assert rules["Now"].tolist()[0] == "Seen from outside"
    judged(AlertStore(service.settings.paths), bad=False)
    page.run()
    assert not page.warning
    assert page.success[0].value.startswith("No alert fires, as of ")
    assert "**mailto 1**: 0 messages sent, none yet." in told(page)


def test_a_person_takes_care_of_what_fires(open_page: OpenPage, operated_service: Service) -> None:
    store = AlertStore(operated_service.settings.paths)
    book = judged(store, bad=True)
    alert_id = book.firing[0].alert_id
    failed = delivered(book, book.outbox[0].message_id, "mailto 1", "Nothing answers.", utc_now())
    store.change(lambda _: failed)
    page = open_page("alerts", operated_service, dashboard_key=OPERATOR_KEY)
    assert "latency is bad" in told(page)
    assert ":orange-badge" in told(page)
    assert "**mailto 1** fails: Nothing answers. 1 wait." in told(page)
    page.button(key=f"alerts_acknowledge_{alert_id}").click().run()
    assert page.button(key="alerts_confirm").disabled
    page.text_input(key="alerts_person").set_value("Ada Lovelace")
    page.text_area(key="alerts_reason").set_value("I am looking at it.").run()
    page.button(key="alerts_confirm").click().run()
    assert not page.error
    page.session_state["zone"] = "Europe/Berlin"
    page.run()
    assert " CET" in told(page)
    assert "Acknowledged" in told(page)
    assert "owner Ada Lovelace" in told(page)
    assert store.read().firing[0].acknowledged_by == "Ada Lovelace"
    page.button(key=f"alerts_silence_{alert_id}").click().run()
    page.selectbox(key="alerts_span").set_value("1 day")
    page.text_input(key="alerts_person").set_value("Ada Lovelace")
    page.text_area(key="alerts_reason").set_value("Until the disk is larger.").run()
    page.button(key="alerts_confirm").click().run()
    until = store.read().firing[0].silenced_until
    assert until is not None
    assert timedelta(hours=23) < until - utc_now() < timedelta(hours=25)
    assert "Silenced" in told(page)
    page.button(key=f"alerts_write_a_note_{alert_id}").click().run()
    page.text_input(key="alerts_person").set_value("Grace Hopper")
    page.text_area(key="alerts_note").set_value("The disk is full of *logs*.").run()
    page.button(key="alerts_confirm").click().run()
    assert store.read().firing[0].notes[0].text == "The disk is full of *logs*."
    assert "The disk is full of \\*logs\\*." in told(page)
    page.button(key=f"alerts_end_silence_{alert_id}").click().run()
    page.text_input(key="alerts_person").set_value("Ada Lovelace")
    page.text_area(key="alerts_reason").set_value("It is larger.").run()
    page.button(key="alerts_confirm").click().run()
    assert store.read().firing[0].silenced_until is None
