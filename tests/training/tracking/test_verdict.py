"""MLflow says of each version what was decided, also where it was away when that happened."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from mlflow.entities.model_registry import ModelVersion

from storage.domain.subject import MODEL_NAME
from storage.schema.manifest import ModelManifest
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.training.tracking.registered import Registered
from training.dataset.table import HousingTable
from training.tracking.pending import OpenRegistrations
from training.tracking.registration_retry import RegistrationRetry
from training.tracking.registry import VERSION_TAG
from training.tracking.verdict import Verdict, record_verdict

REFUSED = Verdict.of(False, ["latency", "coverage on the test part"], "it is slow")
TAGS = {
    "gate": "refused",
    "gate_decided_by": "latency, coverage on the test part",
    "gate_reason": "it is slow",
}


def version_of(registered: Registered, manifest: ModelManifest) -> ModelVersion:
    search = f"name = '{MODEL_NAME}' and tags.`{VERSION_TAG}` = '{manifest.version}'"
    (found,) = registered.client.search_model_versions(search)
    return found


def assert_tagged(registered: Registered, manifest: ModelManifest) -> None:
    version, client = version_of(registered, manifest), registered.client
    run = client.get_run(str(version.run_id))
    parent = client.get_run(run.data.tags["mlflow.parentRunId"])
    for tags in (version.tags, run.data.tags, parent.data.tags):
        assert TAGS.items() <= tags.items()


def test_the_verdict_is_at_the_version_its_run_and_its_training(
    registered: Registered, first: ModelManifest
) -> None:
    record_verdict(registered.settings, first, REFUSED)
    assert_tagged(registered, first)


def test_a_version_that_is_registered_later_takes_its_verdict_along(
    settings: Settings, small_table: HousingTable, free_port: int
) -> None:
    away = changed(settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    registered = Registered(settings, small_table)
    manifest = replace(registered, settings=away).train()
    record_verdict(away, manifest, REFUSED)
    assert OpenRegistrations(settings.paths).all()[0].tags == TAGS
    assert RegistrationRetry(settings).run_once(utc_now())
    assert_tagged(registered, manifest)
    assert not OpenRegistrations(settings.paths).all()


def test_mlflow_being_away_is_said(
    settings: Settings, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    away = changed(settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    manifest = SimpleNamespace(version="a version", mlflow_run_id="a run")
    record_verdict(away, cast("ModelManifest", manifest), REFUSED)
    assert "The verdict on a version is not in it." in caplog.text
