"""GET /monitoring/shadow, from live predictions through the worker's silent answers to the figures."""

from collections.abc import Callable

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.shadow import ShadowResponse
from backend.services import EXTENSION, Services
from storage.domain.target import TARGET_CAP
from storage.models.store import ModelStore
from storage.models.watch_record import WatchRecord
from storage.process.progress import keep_progress
from storage.schema.manifest import ChampionPointer
from storage.schema.predictions import LabelledPredictions
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.backend.routes.test_performance import attach, holdout, performance, predict
from tests.settings import changed
from tests.versions import champion_and_dearer
from training.promotion.shadow import Shadow

__all__ = ["holdout", "performance"]

Store = Callable[[], None]
BY = 0.1


def shadow(http: FlaskClient, query: str = "") -> ShadowResponse:
    answer = http.get(f"/monitoring/shadow{query}")
    assert answer.status_code == 200, answer.json
    assert b"NaN" not in answer.data
    return ShadowResponse.model_validate(answer.json)


@pytest.fixture
def silent(app: Flask, service_settings: Settings, store_records: Store) -> Shadow:
    """The silent answers of a challenger that is dearer by ``BY``, from now on."""
    services: Services = app.extensions[EXTENSION]
    champion_and_dearer(ModelStore(service_settings.paths))
    store_records()
    found = Shadow(changed(service_settings, shadow_share=1.0), services.spool)
    found.run_once(utc_now())
    return found


def test_differences_and_errors_are_those_of_the_answers(
    http: FlaskClient, store_records: Store, silent: Shadow, holdout: LabelledPredictions
) -> None:
    ids = predict(http, holdout, slice(0, 300))
    attach(http, store_records, ids[:200], holdout.actual[:200].tolist())
    assert silent.run_once(utc_now()) == 300
    store_records()
    found = shadow(http, "?window=1h")
    assert (found.n, found.rows_read, found.of_other_versions) == (300, 300, 0)
    assert found.challenger == "dearer"
    assert found.champion == ModelStore(silent._settings.paths).champion().version
    difference, errors = found.difference, found.errors
    assert difference.mean is not None
    assert difference.rms is not None
    assert difference.beyond_interval is not None
    served, actual = holdout.predicted[:300], holdout.actual[:200]
    dearer = np.minimum(served + BY, TARGET_CAP)  # no answer is above it
    assert difference.mean.value == pytest.approx(np.mean(dearer - served))
    assert difference.rms.value == pytest.approx(np.sqrt(np.mean((dearer - served) ** 2)))
    beyond = np.mean(dearer > holdout.upper[:300])
    assert difference.beyond_interval.value == pytest.approx(beyond)
    assert [one.share for one in difference.quantiles] == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert difference.quantiles[2].difference == pytest.approx(BY)
    for error, answers in ((errors.champion, served), (errors.challenger, dearer)):
        assert error.rmse is not None
        expected = np.sqrt(np.mean((answers[:200] - actual) ** 2))
        assert error.rmse.value == pytest.approx(expected)
    assert errors.rmse_difference is not None
    assert errors.challenger.rows == 200
    assert sum(step.difference.rows for step in found.series) == 300
    assert any(step.difference.mean is not None for step in found.series)
    text = http.get("/metrics").text
    assert "worker_shadow_answers_total 300.0" in text


def test_few_answers_have_no_figures_and_none_no_versions(
    http: FlaskClient, store_records: Store, silent: Shadow, holdout: LabelledPredictions
) -> None:
    empty = shadow(http)
    assert (empty.n, empty.challenger, empty.champion) == (0, None, None)
    assert empty.share == 0.0
    predict(http, holdout, slice(0, 99))
    store_records()
    silent.run_once(utc_now())
    store_records()
    few = shadow(http)
    assert few.n == few.difference.rows == 99
    assert few.difference.mean is few.difference.rms is few.difference.beyond_interval is None
    assert few.difference.quantiles == []
    assert few.errors.challenger.status == "not_enough_data"
    assert few.errors.rmse_difference is None


@pytest.mark.parametrize("query", ["?window=0s", "?window=400d", "?until=never", "?limit=5"])
def test_a_wrong_window_is_a_400(http: FlaskClient, query: str) -> None:
    answer = http.get(f"/monitoring/shadow{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["validation_errors"]


def test_without_a_database_it_is_a_503(http: FlaskClient) -> None:
    assert http.get("/monitoring/shadow").status_code == 503


def test_watches_are_counted_by_how_they_ended(
    http: FlaskClient, service_settings: Settings
) -> None:
    name = "worker_promotion_watches_total"
    assert f'{name}{{outcome="rolled back"}} 0.0' in http.get("/metrics").text
    record = WatchRecord(promotion=ChampionPointer(version="b", previous="a"))
    told = record.decided("rolled back", "It was worse.").closed()
    keep_progress(service_settings.paths.promotion_watch, told)
    assert f'{name}{{outcome="rolled back"}} 1.0' in http.get("/metrics").text
