"""A check requests no retraining that would give a model again which is there already."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from backend.contract.retraining.check import RetrainingBlock
from backend.services import EXTENSION, Services
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import FloatArray
from storage.schema.manifest import ModelManifest
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.log_writing import change_configuration
from training.fitting.lesson import present_lesson


def test_the_same_data_is_not_trained_again(
    app: Flask,
    http: FlaskClient,
    service_settings: Settings,
    store_records: Callable[[], None],
) -> None:
    services: Services = app.extensions[EXTENSION]
    champion = services.store.champion()
    drifted = services.host.current().profile.inputs[:600].copy()
    drifted[:, FEATURE_NAMES.index("MedInc")] *= 1.5
    assert _block(services, drifted) is None
    change_configuration(http, store_records, automatic_retraining_enabled=True)
    lesson = present_lesson(service_settings, utc_now())
    refused = _publish(services, champion, "refused", lesson)
    block = _block(services, drifted)
    assert block is not None
    assert block.sentence == (
        f"Same data as the refused retraining of {refused.created_at:%Y-%m-%d %H:%M} UTC; the next one needs "
        "new labels."
    )
    services.store.set_champion("refused")  # which this process does not serve
    assert _block(services, drifted) is None
    services.store.set_champion(champion.version, "rollback")
    block = _block(services, drifted)
    assert block is not None
    assert "Same data as a version that no longer serves, of" in block.sentence


def _publish(
    services: Services, champion: ModelManifest, version: str, lesson: str
) -> ModelManifest:
    files = {name: services.store.read(champion.version, name) for name in champion.checksums}
    changes = {"version": version, "lesson_sha256": lesson}
    return services.store.publish(champion.model_copy(update=changes), files)


def _block(services: Services, drifted: FloatArray) -> RetrainingBlock | None:
    decision = services.checks.rows(utc_now(), drifted, None).decision
    assert decision.should_retrain
    return next((each for each in decision.blocks if each.kind == "same_data"), None)
