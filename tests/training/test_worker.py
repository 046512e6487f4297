"""The worker carries out triggers, one at a time, and survives what it meets."""

import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression

from storage.audit.trail import AuditTrail
from storage.database.connection import Database
from storage.database.record_log import PageRequest, RecordLog
from storage.domain.subject import MODEL_NAME
from storage.errors import InvalidDataset, RecordNotFound
from storage.log_writer.writer import LogWriter
from storage.models.champion import ChampionSwitch
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.system import running, wait_for
from tests.tracking_store import copy_store
from tests.training.bench import PATIENT, Bench, forest
from tests.training.conftest import named_candidates
from tests.training.labelled import keep_labelled
from tests.versions import overwrite, publish_unloadable
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.tracking.registry import CHALLENGER, CHAMPION, PREVIOUS, VERSION_TAG
from training.worker import RetrainingWorker


@pytest.fixture
def bench(settings: Settings, small_table: HousingTable) -> Bench:
    return Bench(changed(settings, **PATIENT), small_table)


@pytest.fixture
def recording_bench(settings_with_mlflow: Settings, small_table: HousingTable) -> Bench:
    """With MLflow's store."""
    return Bench(changed(settings_with_mlflow, **PATIENT), small_table)


def checks(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in result["decision"]["checks"]}


def test_an_empty_queue_is_nothing_to_do(bench: Bench) -> None:
    assert bench.worker().run_once(utc_now()) is None


def test_the_first_model_becomes_champion(bench: Bench) -> None:
    result = bench.retrain()
    assert result["promoted"] is True
    assert result["previous_champion"] is None
    assert bench.store.champion().version == result["version"]
    assert bench.queue.pending() == []


def test_a_better_challenger_is_promoted_and_a_worse_one_is_not(bench: Bench) -> None:
    bench.settings = changed(bench.settings, promotion_slice_minimum_rows=20)
    bad = bench.retrain(forest("bad"))
    good = bench.retrain(forest("good"))
    assert good["promoted"] is True
    assert good["decision"]["branch"] == "better"
    assert good["previous_champion"] == bad["version"]
    worse = bench.retrain(forest("bad"))
    assert worse["promoted"] is False
    assert "not proven better on the test part" in worse["reason"]
    assert "worse by more than 10.0% on " in worse["reason"]
    assert bench.store.champion().version == good["version"]
    assert worse["version"] in {each.version for each in bench.store.versions()}


def test_the_same_model_again_is_not_promoted(bench: Bench) -> None:
    bench.retrain(forest("good"))
    again = bench.retrain(forest("good"), force=True)
    assert again["promoted"] is False
    figures = checks(again)["better on the test part"]["figures"]
    assert figures["difference_lower"] == figures["difference_upper"] == 0.0


def test_a_useless_model_is_refused_even_as_the_first(bench: Bench) -> None:
    """It answers one divided by the price, which falls where people earn more."""
    (line,) = named_candidates("linear_regression")
    inverse = TransformedTargetRegressor(
        LinearRegression(), func=np.reciprocal, inverse_func=np.abs, check_inverse=False
    )
    refused = bench.retrain(replace(line, pipeline=line.pipeline.set_params(regressor=inverse)))
    assert refused["promoted"] is False
    assert "increases of every median income keep or raise" in refused["reason"]
    assert not checks(refused)["behaviour: median income never lowers the price"]["passed"]
    assert bench.store.champion_pointer() is None


def test_a_model_that_is_too_slow_is_refused(bench: Bench) -> None:
    bench.settings = changed(bench.settings, promotion_latency_budget_microseconds=0.001)
    refused = bench.retrain()
    assert refused["promoted"] is False
    assert "one prediction takes" in refused["reason"]


def test_what_the_champion_learned_from_is_no_part_of_the_holdout(bench: Bench) -> None:
    bench.retrain(forest("bad"))
    test_rows = len(split(bench.table, seed=0).test)
    same_seed = bench.retrain(forest("good"))
    bench.settings = changed(bench.settings, random_seed=1)
    other_seed = bench.retrain(forest("good"))
    assert checks(same_seed)["better on the test part"]["figures"]["rows"] == test_rows
    # Four in five rows of the other seed's test part were learned by the champion, and too few are left.
    assert (
        "just one of the models learned; at least 30 are needed"
        in checks(other_seed)["better on the test part"]["sentence"]
    )


def test_labelled_predictions_are_the_recent_part(bench: Bench) -> None:
    bench.retrain(forest("bad"))
    first = checks(bench.retrain(forest("good"), source="drift"))["better on the recent part"]
    assert first["passed"] is False
    assert "unknown whether it is" in first["sentence"]
    keep_labelled(bench.settings, split(bench.table, seed=0).test.open(), utc_now())
    bench.settings = changed(bench.settings, training_labelled_outlier_distance=1e9)
    then = bench.retrain(forest("bad"), source="drift")
    assert then["decision"]["source"] == "drift"
    assert checks(then)["better on the recent part"]["figures"]["rows"] == 120
    weighted = checks(then)["not worse on the test part weighted by traffic"]["figures"]
    assert weighted["traffic_rows"] == 120
    assert 1 < weighted["effective_rows"] <= 120
    assert checks(then)["no loss on the recent part"]["passed"] is False


def test_the_registry_follows_what_was_promoted(recording_bench: Bench) -> None:
    bad = recording_bench.retrain(forest("bad"))
    good = recording_bench.retrain(forest("good"))
    worse = recording_bench.retrain(forest("bad"))
    client = MlflowClient(
        recording_bench.settings.tracking_uri, recording_bench.settings.tracking_uri
    )
    for alias, result in ((CHAMPION, good), (PREVIOUS, bad), (CHALLENGER, worse)):
        found = client.get_model_version_by_alias(MODEL_NAME, alias)
        assert found.tags[VERSION_TAG] == result["version"]


def test_a_damaged_or_deleted_champion_is_replaced(bench: Bench) -> None:
    damaged = str(bench.retrain(forest("good"))["version"])
    overwrite(bench.store.folder(damaged) / "model.pkl", b"not a model")
    deleted = bench.retrain(forest("bad"))
    assert deleted["promoted"] is True
    assert deleted["decision"]["branch"] == "no champion"
    shutil.rmtree(bench.store.folder(str(deleted["version"])))
    assert bench.retrain(forest("bad"))["promoted"] is True


def test_a_training_that_fails_closes_its_trigger_and_not_the_worker(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> HousingTable:
        raise InvalidDataset("table.csv is empty.")

    trigger_id = bench.submit()
    worker = RetrainingWorker(bench.settings, fail, [forest("bad")])
    worker.run_once(utc_now())
    found = bench.queue.find(trigger_id)
    assert found.state == "failed"
    assert found.trigger.result is not None
    assert found.trigger.result["error"] == "table.csv is empty."
    assert "The retraining failed: table.csv is empty." in caplog.text
    assert "Traceback" not in caplog.text
    assert bench.store.champion_pointer() is None
    bench.retrain(forest("good"))


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
    assert rows[1]["figures"]["decision"] == rows[2]["figures"]["decision"] == done["decision"]
    database.close()


def test_its_promotions_are_audited(bench: Bench) -> None:
    first, second = bench.retrain(forest("bad")), bench.retrain(forest("good"))
    assert bench.retrain(forest("bad"))["promoted"] is False
    trail = AuditTrail(bench.settings.paths)
    assert trail.verify().holds
    newer, older = trail.newest(10)
    assert (older.actor, older.action, older.subject) == ("worker", "promotion", first["version"])
    assert (newer.subject, newer.reason) == (second["version"], second["reason"])
    assert newer.figures["previous"] == first["version"]


def test_a_champion_that_cannot_be_loaded_is_no_champion_to_compare_with(bench: Bench) -> None:
    first = bench.retrain(forest("bad"))["version"]
    publish_unloadable(bench.store, first, "unloadable")
    bench.store.set_champion("unloadable")
    second = bench.retrain(forest("good"))
    assert (second["promoted"], second["decision"]["branch"]) == (True, "no champion")
    assert "the champion was not compared: version unloadable cannot be loaded" in second["reason"]
    assert bench.store.way_back().earlier == ("unloadable", first)


def test_an_idle_worker_brings_the_aliases_after_a_rollback(recording_bench: Bench) -> None:
    first, second = recording_bench.retrain(forest("bad")), recording_bench.retrain(forest("good"))
    client = MlflowClient(
        recording_bench.settings.tracking_uri, recording_bench.settings.tracking_uri
    )

    def aliases() -> dict[str, str]:
        assert recording_bench.worker().run_once(utc_now()) is None
        found = client.get_registered_model(MODEL_NAME).aliases
        return {
            alias: client.get_model_version(MODEL_NAME, number).tags[VERSION_TAG]
            for alias, number in found.items()
            if alias in (CHAMPION, PREVIOUS)
        }

    assert aliases() == {CHAMPION: second["version"], PREVIOUS: first["version"]}
    ChampionSwitch(recording_bench.store, recording_bench.store.verify).roll_back()
    assert aliases() == {CHAMPION: first["version"]}  # a rollback leads nowhere from here


def test_the_process_recovers_carries_out_and_stops(
    runtime_with_champion: Path, tmp_path: Path, empty_tracking_store: Path
) -> None:
    settings = Settings(runtime_directory=runtime_with_champion)
    copy_store(empty_tracking_store, settings.paths)
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
    assert "Gate, behaviour: finite: passed, " in log.read_text()


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
