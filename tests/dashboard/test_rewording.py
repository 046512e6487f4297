"""No page reads a sentence: with every sentence in other words, each draws the same facts."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from dashboard.overview.background_reading import BEING_READ
from dashboard.shared.gate_verdict import MOST_DECIDING
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.conftest import KEYS
from tests.dashboard.conftest import OpenPage, sentences
from tests.dashboard.rewording import (
    SENTENCES,
    RewordedService,
    drawn_facts,
    other_words,
    reworded,
)
from tests.districts import unseen_districts
from tests.system import wait_for
from tests.verdicts import close_retraining, decision
from tests.versions import champion_and_dearer

PAGES = (
    "overview",
    "alerts",
    "batch",
    "latency",
    "performance",
    "drift",
    "data",
    "retrain",
    "registry",
    "logs",
    "configuration",
)
NAMES = (
    "about acknowledged_by action actor add_tags after against alert_id before categories challenger "
    "champion champion_version changed_by check_id code columns conflicting corrected dataset_sha256 "
    "decided_by description drifted_features duplicate endpoint event_id swapped_with expected_champion "
    "experiment_id feature_names features field hash identifier instance kind label last_hash "
    "last_lines leading_inputs level log_tail method mlflow_run_id mlflow_url model_name model_type "
    "model_version module name next_page_token page_token person owner prediction_id prediction_ids "
    "previous previous_version process q reference references refused_version remove_tags request_id "
    "requested_by route run_id running_retrainings service_version state subject subjects test_from time "
    "trigger_file trigger_files trigger_id type unit unknown unreadable url validation_from value "
    "version words column candidates commit identical_to created_by key_id revoked_by secret "
    "input inputs parent sha256 tags training_sha256 where id data datatype platform versions extensions"
)
DATA = frozenset(NAMES.split())
"""Fields of text that are no sentence: names, ids, versions, log lines."""


@pytest.fixture
def service(service_settings: Settings) -> Iterator[RewordedService]:
    """A service with drifted traffic, a challenger that the gate refused, and automatic retraining off."""
    service = RewordedService(service_settings)
    service.start()
    store = ModelStore(service_settings.paths)
    champion, challenger = champion_and_dearer(store)
    close_retraining(service_settings, challenger, decision(store, challenger, champion))
    with HousingClient(service_settings.addresses.backend_url, KEYS["admin_key"], 60) as client:
        client.predict_batch(unseen_districts(600, income_factor=1.5))
    service.store_records()
    yield service
    service.close()


def opened(open_page: OpenPage, service: RewordedService, name: str, *, active: bool) -> AppTest:
    service.active = active
    page = open_page(name, service, dashboard_key=KEYS["operator_key"])
    wait_for(lambda: not _is_loading(page.run()), what="the reports read in the background")
    assert not sentences(page)
    return page


def _is_loading(page: AppTest) -> bool:
    return any(caption.value == BEING_READ for caption in page.caption)


def text(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)


def test_every_page_draws_the_same_facts(open_page: OpenPage, service: RewordedService) -> None:
    for name in PAGES:
        service.said = {}
        plain = drawn_facts(opened(open_page, service, name, active=False))
        other = drawn_facts(opened(open_page, service, name, active=True))
        assert other == plain, name
        assert len(plain) > 5, name


def test_the_registry_names_what_settled_it_and_draws_the_words_as_they_came(
    open_page: OpenPage, service: RewordedService
) -> None:
    store = ModelStore(service.settings.paths)
    champion = store.champion().version
    decided = decision(store, "dearer", champion)
    page = opened(open_page, service, "registry", active=True)
    said = {check.name: other_words(check.sentence) for check in decided.checks}
    assert len(decided.decided_by) > MOST_DECIDING
    for name in decided.decided_by[:MOST_DECIDING]:
        assert f"- {said[name][:1].upper()}{said[name][1:]}." in text(page)


def test_the_drift_page_draws_the_reasons_as_they_came(
    open_page: OpenPage, service: RewordedService
) -> None:
    with HousingClient(service.settings.addresses.backend_url, KEYS["admin_key"], 60) as client:
        service.active = True
        reasons = client.drift().drift_analysis.reasons
    assert all(reason.endswith("MedInc") for reason in reasons)
    page = opened(open_page, service, "drift", active=True)
    assert all(f"- {reason}" in text(page) for reason in reasons)


def test_a_request_is_not_held_against_automatic_retraining_being_off(
    open_page: OpenPage, service: RewordedService
) -> None:
    facts = []
    for active in (False, True):
        page = opened(open_page, service, "retrain", active=active)
        page.text_area(key="retrain_reason").set_value("Incomes rose.").run()
        page.button(key="retrain_ask").click().run()
        facts.append(drawn_facts(page))
        off = other_words("Automatic retraining is off.") if active else "Automatic"
        assert off not in text(page)
    assert facts[0] == facts[1]


def test_a_promotion_is_seen_to_arrive(open_page: OpenPage, service: RewordedService) -> None:
    page = opened(open_page, service, "registry", active=True)
    page.button(key="registry_promotion").click().run()
    page.text_input(key="registry_typed").set_value("dearer")
    page.text_area(key="registry_reason").set_value("Its prices follow the market.")
    page.text_input(key="registry_key").set_value(KEYS["admin_key"])
    page.button(key="registry_confirm").click().run()
    assert "0 of 1 worker" in page.info[0].value
    service.follow_the_champion()
    page.run()
    assert "every worker serves `dearer`" in page.success[0].value


def test_every_text_of_the_contract_is_known_as_a_sentence_or_as_data(http: FlaskClient) -> None:
    document: Any = http.get("/openapi.json").json
    schemas = document["components"]["schemas"]
    texts = {
        name
        for schema in schemas.values()
        for name, field in schema.get("properties", {}).items()
        if _is_text(field)
    }
    assert texts - SENTENCES - DATA == set()


def test_only_sentences_are_reworded() -> None:
    value = {"version": "v1", "reasons": ["Too slow."], "decision": {"sentence": "x", "name": "y"}}
    assert reworded(value)["version"] == "v1"
    assert reworded(value)["reasons"] == [other_words("Too slow.")]
    assert reworded(value)["decision"] == {"sentence": other_words("x"), "name": "y"}


def _is_text(field: dict[str, Any]) -> bool:
    if {"enum", "const", "format", "pattern"} & field.keys():
        return False
    if field.get("type") == "string":
        return True
    parts = [*field.get("anyOf", []), *([field["items"]] if "items" in field else [])]
    return any(_is_text(part) for part in parts)
