"""The steps of a real worker: by stage, timed, logged beside the trigger, and where it stops if cancelled."""

import logging
from typing import get_args

import pytest
from mlflow import MlflowClient

from storage.audit.trail import AuditTrail
from storage.retraining.files import LOG
from storage.retraining.log import log_tail
from storage.retraining.queue import Claim
from storage.schema.records import utc_now
from storage.schema.triggers import HeartBeat, WorkStage
from storage.settings import Settings
from tests.settings import changed
from tests.training.bench import PATIENT, Bench, forest
from training.dataset.table import HousingTable


@pytest.fixture
def bench(settings: Settings, small_table: HousingTable) -> Bench:
    return Bench(changed(settings, **PATIENT), small_table)


def cancel_at(bench: Bench, stage: WorkStage, monkeypatch: pytest.MonkeyPatch) -> str:
    """Submit a trigger that an operator cancels as soon as the worker is at this stage; return its id."""
    trigger_id = bench.submit()
    said = Claim.beat

    def beat(claim: Claim, beat: HeartBeat) -> None:
        said(claim, beat)
        if beat.stage == stage and claim.cancellation() is None:
            bench.queue.cancel(trigger_id, "the labels are wrong", "operator")

    monkeypatch.setattr(Claim, "beat", beat)
    return trigger_id


def test_a_cancelled_retraining_stops_at_the_next_step_and_publishes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = bench.retrain()["version"]
    with monkeypatch.context() as patched:
        trigger_id = cancel_at(bench, "training", patched)
        closed = bench.worker(forest("good")).run_once(utc_now())
    assert closed is not None
    assert closed.status == bench.queue.find(trigger_id).state == "cancelled"
    assert closed.cancellation is not None
    assert closed.cancellation.reason == "the labels are wrong"
    assert closed.result is not None
    assert [step["stage"] for step in closed.result["steps"]] == ["claimed", "loading", "training"]
    assert [each.version for each in bench.store.versions()] == [champion]
    assert bench.store.champion().version == champion
    bench.retrain(forest("good"))


def test_a_cancellation_at_the_gate_leaves_the_champion_and_names_the_version(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = bench.retrain()["version"]
    cancel_at(bench, "gate", monkeypatch)
    closed = bench.worker(forest("good")).run_once(utc_now())
    assert closed is not None
    assert closed.status == "cancelled"
    assert closed.result is not None
    assert closed.result["version"] in {each.version for each in bench.store.versions()}
    assert bench.store.champion().version == champion
    assert [entry.action for entry in AuditTrail(bench.settings.paths).newest(10)] == ["promotion"]


def test_the_steps_are_told_by_stage_timed_and_linked_to_their_run(
    settings_with_mlflow: Settings, small_table: HousingTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(changed(settings_with_mlflow, **PATIENT), small_table)
    told: list[HeartBeat] = []
    said = Claim.beat

    def beat(claim: Claim, beat: HeartBeat) -> None:
        told.append(beat)
        said(claim, beat)

    monkeypatch.setattr(Claim, "beat", beat)
    result = bench.retrain()
    stages = list(dict.fromkeys(one.stage for one in told))
    assert stages == list(get_args(WorkStage))
    (training,) = {(one.step, one.number, one.total) for one in told if one.stage == "training"}
    assert training == ("Fitting random forest", 1, 1)
    progress = [one.progress for one in told]
    assert progress == sorted(progress)
    assert progress[0] == 0
    assert 0.8 < progress[-1] < 1
    assert all(step["seconds"] >= 0 for step in result["steps"])
    assert {step["step"] for step in result["steps"]} == {one.step for one in told}
    run = result["mlflow"]
    assert told[-1].mlflow is not None
    assert told[-1].mlflow.model_dump() == run
    client = MlflowClient(bench.settings.tracking_uri, bench.settings.tracking_uri)
    assert client.get_run(run["run_id"]).info.experiment_id == run["experiment_id"]
    winner = client.get_run(result["mlflow_run_id"])
    assert winner.data.tags["mlflow.parentRunId"] == run["run_id"]


def test_what_it_logs_is_kept_beside_the_trigger(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    trigger_id = bench.submit()
    bench.worker().run_once(utc_now())
    kept = log_tail(bench.queue.files.path(trigger_id, LOG), 1_000)
    assert any("Fitting random forest (1 of 8)" in line for line in kept)
    assert f"Retraining {trigger_id}: done." in kept[-1]
    logging.getLogger("training.worker").info("after it")
    assert log_tail(bench.queue.files.path(trigger_id, LOG), 1) == kept[-1:]
