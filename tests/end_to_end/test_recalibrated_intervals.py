"""After a move of the market a retraining without a better model brings intervals that hold again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from backend.services import EXTENSION, Services
from storage.audit.trail import AuditTrail
from storage.domain.inputs import FEATURE_NAMES
from storage.domain.target import HIGHEST_ANSWER
from storage.models.champion import ChampionSwitch
from storage.models.store import MODEL, MODEL_CARD
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.training.bench import PATIENT, Bench, forest
from tests.training.conftest import SMALL_ROWS
from tests.training.labelled import keep_labelled
from training.dataset.embedded import load_embedded
from training.dataset.splits import Part
from training.dataset.table import HousingTable
from training.promotion.loaded_version import LoadedVersion
from training.promotion.recalibration import IntervalRecalibration, Offer

LABELS = 400
MOVED, STILL = 1.6, 1.0
TABLE = load_embedded()
ORDER = np.random.RandomState(1).permutation(len(TABLE))


@pytest.fixture
def bench(tmp_path: Path, free_port: int) -> Bench:
    away = {"mlflow_tracking_uri": f"http://127.0.0.1:{free_port}"}
    settings = changed(Settings(runtime_directory=tmp_path / "runtime"), **PATIENT, **away)
    return Bench(settings, HousingTable(TABLE.values[ORDER[:SMALL_ROWS]], "small table"))


def new_rows(times: float, begin: int = 0, rows: int = LABELS) -> Part:
    """Rows that no model of the small table knows, whose values are ``times`` as high."""
    chosen = ORDER[SMALL_ROWS + begin :][:rows]
    return Part(TABLE.inputs[chosen], np.minimum(times * TABLE.targets[chosen], HIGHEST_ANSWER))


@contextmanager
def service(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    services: Services = app.extensions[EXTENSION]
    services.spool.close()
    services.database.close()


def answer(client: FlaskClient) -> dict[str, Any]:
    row = dict(zip(FEATURE_NAMES, TABLE.inputs[ORDER[-1]].tolist(), strict=True))
    answered = client.post("/predict", json=row)
    assert answered.status_code == 200
    found: dict[str, Any] = answered.get_json()
    return found


def width(answered: dict[str, Any]) -> float:
    return float(answered["interval"]["upper"] - answered["interval"]["lower"])


def test_new_intervals_are_published_served_and_rolled_back(bench: Bench) -> None:
    old = bench.retrain(forest("good"))["version"]
    with service(bench.settings) as client:
        before = answer(client)
    keep_labelled(bench.settings, new_rows(MOVED), utc_now())
    result = bench.retrain(forest("bad"))

    assert (result["promoted"], result["decision"]["branch"]) == (True, "better intervals")
    manifest = bench.store.champion()
    assert manifest.version == result["version"] > result["challenger"]["version"] > old
    recalibration = manifest.recalibration
    assert recalibration is not None
    assert (recalibration.model_version, recalibration.replaced) == (old, old)
    assert recalibration.calibrated_rows + recalibration.judged_rows <= LABELS
    assert recalibration.times > 1.2
    assert manifest.trained_at == bench.store.manifest(old).created_at
    assert bench.store.read(manifest.version, MODEL) == bench.store.read(old, MODEL)
    card = bench.store.read(manifest.version, MODEL_CARD).decode()
    assert card.startswith(f"# Recalibrated intervals, version {manifest.version}")
    assert recalibration.sentence() in card
    audited = AuditTrail(bench.settings.paths).newest(1)[0]
    assert audited.subject == manifest.version
    assert audited.reason is not None
    assert audited.reason.startswith("the same model with intervals calibrated on recent labels: ")

    with service(bench.settings) as client:
        after = answer(client)
        assert after["model_version"] == manifest.version
        assert after["prediction"] == before["prediction"]
        assert width(after) > width(before)
        listed = client.get(f"/models/{manifest.version}").get_json()
        assert listed["version"]["intervals_note"] == recalibration.sentence()
        assert listed["version"]["trained_at"] < listed["version"]["created_at"]
        assert listed["gate"]["branch"] == "better intervals"
        refused = client.get(f"/models/{result['challenger']['version']}").get_json()
        assert refused["gate"]["promote"] is False
        ChampionSwitch(bench.store, bench.store.verify).roll_back()
        services: Services = client.application.extensions[EXTENSION]
        services.host.refresh()
        assert answer(client)["model_version"] == old
        assert width(answer(client)) == width(before)
    assert bench.store.champion().version == old


def test_a_worker_that_died_after_publishing_promotes_what_it_published(bench: Bench) -> None:
    bench.retrain(forest("good"))
    keep_labelled(bench.settings, new_rows(MOVED), utc_now())
    trigger = bench.queue.submit("the test asks", "tests")
    nobody = TABLE.inputs[:0]
    offer = IntervalRecalibration(bench.settings).offer(trigger, nobody, utc_now())
    assert isinstance(offer, Offer)
    assert offer.manifest is not None
    bench.worker(forest("bad")).run_once(utc_now())
    assert bench.store.champion().version == offer.manifest.version
    made = [each for each in bench.store.versions() if each.recalibration is not None]
    assert made == [offer.manifest]
    result = bench.queue.find(trigger.trigger_id).trigger.result
    assert result is not None
    assert result["decision"] == offer.decision.model_dump(mode="json")
    assert result["challenger"]["version"] != offer.manifest.version


def test_they_hold_later_rows_of_the_moved_market(bench: Bench) -> None:
    bench.retrain(forest("good"))
    keep_labelled(bench.settings, new_rows(MOVED), utc_now())
    bench.retrain(forest("bad"))
    later = new_rows(MOVED, begin=LABELS, rows=2_000)
    pointer = bench.store.champion_pointer()
    assert pointer is not None
    assert coverage(bench, str(pointer.previous), later) < 0.8
    # About 280 rows calibrate: their own chance moves the coverage by 0.018 (one deviation).
    assert coverage(bench, pointer.version, later) == pytest.approx(0.9, abs=0.06)


def coverage(bench: Bench, version: str, part: Part) -> float:
    return float(LoadedVersion.load(bench.store, version).answers(part).is_held.mean())


def test_intervals_that_hold_stay(bench: Bench) -> None:
    old = bench.retrain(forest("good"))["version"]
    keep_labelled(bench.settings, new_rows(STILL), utc_now())
    result = bench.retrain(forest("bad"))
    assert result["promoted"] is False
    assert bench.store.champion().version == old
    assert "the champion's intervals are not shown" in result["recalibration"]["reason"]
    assert all(each.recalibration is None for each in bench.store.versions())


def test_few_labels_leave_them_as_they_are(bench: Bench) -> None:
    bench.retrain(forest("good"))
    keep_labelled(bench.settings, new_rows(MOVED, rows=60), utc_now())
    result = bench.retrain(forest("bad"))
    assert "at least 100 and 50 are needed" in result["recalibration"]["reason"]
