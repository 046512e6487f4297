"""The worker carries out triggers, one at a time, and survives what it meets."""

import shutil
import signal
from pathlib import Path

import pytest
from mlflow import MlflowClient

from storage.audit import AuditTrail
from storage.champion_switch import ChampionSwitch
from storage.database import Database
from storage.errors import InvalidDataset, RecordNotFound
from storage.log_writer import LogWriter
from storage.model_store import ModelStore
from storage.record_log import PageRequest, RecordLog
from storage.retrain_queue import RetrainQueue
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.system import running, wait_for
from tests.training.conftest import named_candidates
from training.dataset.table import HousingTable
from training.model_card import REGISTERED_NAME
from training.registry import CHALLENGER, CHAMPION, PREVIOUS, VERSION_TAG
from training.worker import WORKER, RetrainingWorker


class Bench:
    """A worker over one runtime folder, with its queue and its models."""

    def __init__(self, settings: Settings, table: HousingTable) -> None:
        self.settings = settings
        self.table = table
        self.queue = RetrainQueue(settings.paths.triggers)
        self.store = ModelStore(settings.paths)

    def worker(self, *candidates: str) -> RetrainingWorker:
        names = candidates or ("linear_regression",)
        return RetrainingWorker(self.settings, lambda: self.table, named_candidates(*names))

    def submit(self) -> str:
        return self.queue.submit("the test asks", "tests").trigger_id

    def retrain(self, *candidates: str) -> dict[str, object]:
        trigger_id = self.submit()
        assert self.worker(*candidates).run_once(utc_now()) is not None
        found = self.queue.find(trigger_id)
        assert found.state == "done"
        assert found.trigger.result is not None
        return found.trigger.result


@pytest.fixture
def bench(settings: Settings, small_table: HousingTable) -> Bench:
    return Bench(settings, small_table)


def test_an_empty_queue_is_nothing_to_do(bench: Bench) -> None:
    assert bench.worker().run_once(utc_now()) is None


def test_the_first_model_becomes_champion(bench: Bench) -> None:
    result = bench.retrain()
    assert result["promoted"] is True
    assert result["previous_champion"] is None
    assert bench.store.champion().version == result["version"]
    assert bench.queue.pending() == []


def test_a_better_challenger_is_promoted_and_a_worse_one_is_not(bench: Bench) -> None:
    # On so few rows the linear regression is the better one of the two.
    forest = bench.retrain("random_forest")
    linear = bench.retrain("linear_regression")
    assert linear["promoted"] is True
    assert linear["previous_champion"] == forest["version"]
    worse = bench.retrain("random_forest")
    assert worse["promoted"] is False
    assert "is above the champion's" in str(worse["reason"])
    assert bench.store.champion().version == linear["version"]
    assert worse["version"] in {each.version for each in bench.store.versions()}


def test_the_registry_follows_what_was_promoted(bench: Bench) -> None:
    forest = bench.retrain("random_forest")
    linear = bench.retrain("linear_regression")
    worse = bench.retrain("random_forest")
    client = MlflowClient(bench.settings.tracking_uri, bench.settings.tracking_uri)
    for alias, result in ((CHAMPION, linear), (PREVIOUS, forest), (CHALLENGER, worse)):
        found = client.get_model_version_by_alias(REGISTERED_NAME, alias)
        assert found.tags[VERSION_TAG] == result["version"]


def test_a_damaged_or_deleted_champion_is_replaced(bench: Bench) -> None:
    damaged = str(bench.retrain("linear_regression")["version"])
    (bench.store.folder(damaged) / "model.pkl").write_bytes(b"not a model")
    deleted = bench.retrain("random_forest")
    assert deleted["promoted"] is True
    shutil.rmtree(bench.store.folder(str(deleted["version"])))
    assert bench.retrain("random_forest")["promoted"] is True


def test_a_training_that_fails_closes_its_trigger_and_not_the_worker(bench: Bench) -> None:
    def fail() -> HousingTable:
        raise InvalidDataset("table.csv is empty.")

    champion = bench.retrain()["version"]
    trigger_id = bench.submit()
    worker = RetrainingWorker(bench.settings, fail, named_candidates("linear_regression"))
    worker.run_once(utc_now())
    found = bench.queue.find(trigger_id)
    assert found.state == "failed"
    assert found.trigger.result is not None
    assert found.trigger.result["error"] == "table.csv is empty."
    assert bench.store.champion().version == champion
    bench.retrain(
        "random_forest"
    )  # the same model within the same second would be the same version


def test_junk_is_set_aside_and_the_next_trigger_carried_out(bench: Bench) -> None:
    folder = bench.settings.paths.triggers
    folder.mkdir(parents=True)
    for number, content in enumerate([b"", b"{", b"\xff\x00", b'{"reason": 5}', b"[]"]):
        (folder / f"0-junk-{number}.trigger").write_bytes(content)
    bench.retrain()
    assert len(list(folder.glob("*.unreadable"))) == 5


def test_an_interrupted_retraining_starts_again(bench: Bench) -> None:
    trigger_id = bench.submit()
    claim = bench.queue.claim()
    assert claim is not None
    worker = bench.worker()
    assert worker.run_once(utc_now()) is None  # the other worker lives
    claim.release()  # and now it died
    assert worker.run_once(utc_now()) is not None
    found = bench.queue.find(trigger_id)
    assert found.state == "done"
    assert found.trigger.attempts == 2


def test_the_timeline_tells_of_retrainings_and_promotions(bench: Bench) -> None:
    done = bench.retrain()
    database = Database(bench.settings.database_address, writable=True)
    database.migrate()
    LogWriter(bench.settings.paths, database, 65536).drain(utc_now())
    log = RecordLog(database, bench.settings.paths)
    rows = log.events(PageRequest()).rows[::-1]
    told = [(row["event_kind"], row["figures"].get("state")) for row in rows]
    assert told == [("retraining", "begun"), ("promotion", None), ("retraining", "done")]
    assert rows[1]["subject"] == done["version"]
    assert "was promoted" in rows[2]["summary"]
    database.close()


def test_its_promotions_are_audited(bench: Bench) -> None:
    first = bench.retrain("random_forest")
    second = bench.retrain("linear_regression")
    assert bench.retrain("random_forest")["promoted"] is False
    trail = AuditTrail(bench.settings.paths)
    assert trail.verify().holds
    newer, older = trail.newest(10)
    assert (older.actor, older.action, older.subject) == (WORKER, "promotion", first["version"])
    assert (newer.subject, newer.reason) == (second["version"], second["reason"])
    assert newer.figures["previous"] == first["version"]


def test_an_idle_worker_brings_the_aliases_after_a_rollback(bench: Bench) -> None:
    first = bench.retrain("random_forest")
    second = bench.retrain("linear_regression")
    ChampionSwitch(bench.store).roll_back()
    assert bench.worker().run_once(utc_now()) is None
    client = MlflowClient(bench.settings.tracking_uri, bench.settings.tracking_uri)
    for alias, result in ((CHAMPION, first), (PREVIOUS, second)):
        found = client.get_model_version_by_alias(REGISTERED_NAME, alias)
        assert found.tags[VERSION_TAG] == result["version"]


def test_the_process_recovers_carries_out_and_stops(
    runtime_with_champion: Path, tmp_path: Path
) -> None:
    settings = Settings(runtime_directory=runtime_with_champion)
    queue = RetrainQueue(settings.paths.triggers)
    trigger_id = queue.submit("the test asks", "tests").trigger_id
    claim = queue.claim()
    assert claim is not None
    claim.release()  # its worker died
    log = tmp_path / "worker.log"

    def is_closed() -> bool:
        return finished_state(queue, trigger_id) in ("done", "failed")

    with running(
        "training.worker",
        log,
        HOUSING_RUNTIME_DIRECTORY=str(runtime_with_champion),
        HOUSING_CANDIDATES="linear_regression",  # the others would take most of the time
    ) as process:
        wait_for(is_closed, seconds=240, what="the retraining to finish")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert finished_state(queue, trigger_id) == "done", log.read_text()
    assert "was interrupted and starts again" in log.read_text()


def test_an_unknown_candidate_is_one_sentence(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    told = {"HOUSING_RUNTIME_DIRECTORY": str(tmp_path), "HOUSING_CANDIDATES": "oracle"}
    with running("training.worker", log, **told) as process:
        assert process.wait(60) == 1
    assert "There is no candidate oracle; choose from linear_regression" in log.read_text()
    assert "Traceback" not in log.read_text()


def finished_state(queue: RetrainQueue, trigger_id: str) -> str:
    try:
        return queue.find(trigger_id).state
    except RecordNotFound:
        return "between two names"
