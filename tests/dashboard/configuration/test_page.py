"""The Configuration page: values are changed by a named person with a reason and a key, or not at all."""

from datetime import timedelta

from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.alert_trial import TriedRule
from dashboard.configuration.trial import trial_cells
from storage.schema.records import utc_now
from tests.dashboard.configuration.conftest import ADMIN_KEY, OPERATOR_KEY
from tests.dashboard.conftest import OpenPage, Service, log_writer, sentences
from tests.districts import unseen_districts
from tests.log_writing import spread_predictions


def ask(page: AppTest, key: str) -> None:
    page.button("configure_open").click().run()
    page.text_input("configure_person").set_value("Ada Lovelace")
    page.text_area("configure_reason").set_value("Too many at night.")
    page.text_input("configure_key").set_value(key)
    page.run()
    page.button("configure_confirm").click().run()


def test_every_value_has_a_control_with_its_meaning(open_page: OpenPage, keyed: Service) -> None:
    page = open_page("configuration", keyed, dashboard_key=OPERATOR_KEY)
    assert not sentences(page)
    with HousingClient(keyed.settings.addresses.backend_url) as client:
        known = client.monitoring_config().definitions
    drawn = {field.key: field for field in (*page.number_input, *page.toggle)}
    for value in known:
        field = drawn[f"configuration_{value.name}"]
        assert value.help in field.help
        assert field.value == getattr(client.monitoring_config().config, value.name)
    assert page.button("configure_open").disabled


def test_a_change_is_made_by_a_named_person_with_the_admin_key(
    open_page: OpenPage, keyed: Service
) -> None:
    page = open_page("configuration", keyed, dashboard_key=OPERATOR_KEY)
    page.number_input("configuration_alert_error_share").set_value(0.2).run()
    assert "Change 1 value" in page.button("configure_open").label
    ask(page, OPERATOR_KEY)
    assert "admin" in sentences(page)[0]
    with log_writer(keyed):
        page.text_input("configure_key").set_value(ADMIN_KEY)
        page.button("configure_confirm").click().run()
        assert not sentences(page)
    assert "Changed, as change 1" in page.success[0].value
    with HousingClient(keyed.settings.addresses.backend_url, ADMIN_KEY) as client:
        assert client.monitoring_config().config.alert_error_share == 0.2
        entry = client.audit().entries[0]
    assert entry.reason == "Too many at night."
    assert entry.figures["person"] == "Ada Lovelace"
    assert entry.figures["changes"] == {"alert_error_share": 0.2}


def test_a_form_goes_back_to_what_is_in_force(open_page: OpenPage, keyed: Service) -> None:
    page = open_page("configuration", keyed, dashboard_key=OPERATOR_KEY)
    page.toggle("configuration_automatic_retraining_enabled").set_value(True).run()
    page.button("configure_back").click().run()
    assert page.toggle("configuration_automatic_retraining_enabled").value is False
    assert page.button("configure_open").disabled


def test_a_trial_is_written_beside_what_is_in_force() -> None:
    rule = TriedRule(
        rule="latency",
        title="Predictions are slow",
        alarms=3,
        minutes=200,
        delay_minutes=2.75,
        tried_alarms=0,
        tried_minutes=0,
        tried_delay_minutes=None,
    )
    assert "tried" not in trial_cells(rule, changed=False)
    cells = trial_cells(rule, changed=True)
    assert cells["alarms"] == "3 times, for 3 h 20 min"
    assert (cells["tried"], cells["tried_delay"]) == ("never", "off")


def test_drift_is_tried_with_the_values_of_the_form(open_page: OpenPage, keyed: Service) -> None:
    with HousingClient(keyed.settings.addresses.backend_url, timeout_seconds=60) as client:
        client.predict_batch(unseen_districts(600, 1.5))
    keyed.store_records()
    now = utc_now()
    spread_predictions(keyed.settings, now - timedelta(hours=30), now)
    page = open_page("configuration", keyed, dashboard_key=OPERATOR_KEY)
    assert not page.dataframe
    page.toggle("trial_drift").set_value(True).run()
    assert not sentences(page)
    row = page.dataframe[0].value.set_index("title").loc["The inputs have drifted"]
    assert row["alarms"].startswith("once")
    assert row["delay"] == "it alarms without the change too"
    page.number_input("configuration_drift_minimum_effect_share").set_value(0.5).run()
    page.number_input("configuration_drift_minimum_rows").set_value(5_000).run()
    row = page.dataframe[0].value.set_index("title").loc["The inputs have drifted"]
    assert row["tried"] == "never"
