"""GET /monitoring/performance of a version that no longer serves: its history stays after a promotion."""

import shutil

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.services import EXTENSION, Services
from storage.models.removed import RemovedVersion
from storage.models.store import HOLDOUT, ModelStore
from storage.schema.predictions import LabelledPredictions
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.backend.routes.test_performance import attach, holdout, performance, predict
from tests.log_writing import Store
from tests.system import bearer
from tests.versions import champion_and_dearer, spoil

__all__ = ["holdout"]

ROWS = 300


@pytest.fixture
def store(service_settings: Settings) -> ModelStore:
    return ModelStore(service_settings.paths)


@pytest.fixture
def versions(
    app: Flask,
    http: FlaskClient,
    store: ModelStore,
    store_records: Store,
    holdout: LabelledPredictions,
) -> tuple[str, str]:
    """The version before, with labelled predictions, and the one that was just promoted in its place."""
    before, serving = champion_and_dearer(store)
    attach(
        http, store_records, predict(http, holdout, slice(0, ROWS)), holdout.actual[:ROWS].tolist()
    )
    body = {"reason": "it is better"}
    http.post(f"/models/{serving}/promote", json=body, headers=bearer("administer"))
    services: Services = app.extensions[EXTENSION]
    assert services.host.refresh()
    return before, serving


def test_by_default_it_is_the_version_that_serves(
    http: FlaskClient, versions: tuple[str, str]
) -> None:
    found = performance(http)
    assert (found.model_version, found.labels.predictions) == (versions[1], 0)
    assert performance(http, f"?model_version={versions[1]}").model_version == versions[1]


def test_the_version_before_keeps_its_figures_and_its_own_baseline(
    http: FlaskClient, versions: tuple[str, str]
) -> None:
    serving = performance(http)
    found = performance(http, f"?model_version={versions[0]}")
    assert (found.model_version, found.n_labelled) == (versions[0], ROWS)
    assert found.realized.rmse is not None
    assert found.degradation.degraded is False
    assert found.baseline is not None
    assert serving.baseline is not None
    assert found.baseline.rmse != serving.baseline.rmse
    assert found.expected_coverage == serving.expected_coverage
    assert sum(step.rows for step in found.series) == ROWS
    # The gauge is of the version that serves: looking back does not change it.
    assert "ml_realized_rmse " not in http.get("/metrics").text


@pytest.mark.parametrize(("version", "status"), [("unknown", 404), ("..", 404), ("", 400)])
@pytest.mark.usefixtures("store_records")
def test_a_version_that_never_was_is_refused(http: FlaskClient, version: str, status: int) -> None:
    assert http.get(f"/monitoring/performance?model_version={version}").status_code == status


def test_a_damaged_version_is_refused_with_the_reason(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    spoil(store.folder(versions[0]) / HOLDOUT)
    answer = http.get(f"/monitoring/performance?model_version={versions[0]}")
    assert answer.status_code == 409
    assert answer.json is not None
    assert "is damaged" in answer.json["error"]


def test_of_a_removed_version_the_errors_stay_and_nothing_judges_them(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    store.removed.keep([RemovedVersion.of(store.manifest(versions[0]), utc_now())])
    shutil.rmtree(store.folder(versions[0]))
    found = performance(http, f"?model_version={versions[0]}")
    assert found.n_labelled == ROWS
    assert found.realized.rmse is not None
    assert found.baseline is None
    assert "files of this version were removed" in found.degradation.reason
