"""Where a version comes from, over HTTP: its rows, its code, and the retraining that somebody asked for."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from backend.contract.models.version import VersionResponse
from storage.models.store import MODEL, ModelStore
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.versions import rewrite_manifest
from training.dataset.production_rows import LabelledReport
from training.publishing.training_code import training_code


@pytest.fixture
def store(service_settings: Settings) -> ModelStore:
    return ModelStore(service_settings.paths)


def read(http: FlaskClient, version: str) -> VersionResponse:
    return VersionResponse.model_validate(http.get(f"/models/{version}").json)


def test_a_version_of_the_command_line_comes_from_its_table_and_code(
    http: FlaskClient, store: ModelStore
) -> None:
    champion = store.champion()
    found = read(http, champion.version)
    assert found.lineage is not None
    assert found.lineage.code == training_code() == champion.code
    assert found.lineage.training_sha256 == champion.training_sha256
    assert (found.lineage.parent, found.lineage.predictions) == (None, None)
    assert found.lineage.retraining is None
    assert found.lineage.libraries == champion.libraries
    assert found.size_bytes == (store.folder(champion.version) / MODEL).stat().st_size
    assert sum(found.importances.values()) == pytest.approx(1.0)
    assert list(found.importances) == list(champion.feature_names)
    assert found.latency_microseconds is not None
    assert 0 < found.latency_microseconds < 100_000


def test_a_retrained_version_names_who_asked_and_which_predictions_it_learned(
    http: FlaskClient, store: ModelStore, service_settings: Settings
) -> None:
    champion, now = store.champion().version, utc_now()
    queue = RetrainQueue(service_settings.paths.triggers)
    trigger = queue.submit("Prices moved.", "operator", source="drift", person="Ada")
    unread, left_out = {"not asked by a customer": 3}, {"impossible value": 5}
    report = LabelledReport(
        now - timedelta(days=90),
        now,
        20,
        23,
        15,
        15,
        2,
        left_out=left_out,
        unread=unread,
        weight=2.0,
    )
    facts = {"trigger_id": trigger.trigger_id, "labelled": report.as_json(), "parent": "before"}
    rewrite_manifest(store, champion, **facts)
    found = read(http, champion).lineage
    assert found is not None
    assert found.parent == "before"
    asked = found.retraining
    assert asked is not None
    assert (asked.person, asked.requested_by) == ("Ada", "operator")
    assert (asked.source, asked.reason) == ("drift", "Prices moved.")
    assert found.predictions is not None
    assert (found.predictions.read, found.predictions.used) == (20, 15)
    assert [(one.why, one.rows) for one in found.predictions.left_out] == [
        ("impossible value", 5),
        ("not asked by a customer", 3),
    ]
    old = {name: value for name, value in report.as_json().items() if name != "unread"}
    rewrite_manifest(store, champion, trigger_id="long ago", labelled=old)
    older = read(http, champion).lineage
    assert older is not None
    assert older.retraining is not None
    assert (older.retraining.trigger_id, older.retraining.reason) == ("long ago", None)
