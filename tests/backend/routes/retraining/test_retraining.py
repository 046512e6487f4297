"""Retrainings over HTTP: listed, followed with time and log, cancelled with who and why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.audit import AuditResponse
from backend.contract.monitoring import HistoryResponse
from backend.contract.retraining.runs import CancelResponse, RetrainingResponse, RetrainingsResponse
from storage.retraining.files import LOG
from storage.retraining.queue import Claim, RetrainQueue
from storage.schema.records import utc_now
from storage.schema.triggers import HeartBeat, MlflowRun, TrainingPlan
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.system import bearer

OPERATOR = bearer("operate")
STEPS = [
    {"stage": "loading", "step": "Loading the training data", "seconds": 1.0},
    {"stage": "training", "step": "Fitting ridge", "seconds": 30.0},
    {"stage": "gate", "step": "Comparing with the champion", "seconds": 10.0},
    {"stage": "publishing", "step": "Keeping 1 as a challenger", "seconds": 1.0},
]


@pytest.fixture
def queue(service_settings: Settings) -> RetrainQueue:
    return RetrainQueue(service_settings.paths.triggers)


def claimed(queue: RetrainQueue) -> Claim:
    queue.submit("incomes rose", "tests")
    claim = queue.claim()
    assert claim is not None
    return claim


def follow(http: FlaskClient, trigger_id: str) -> RetrainingResponse:
    return RetrainingResponse.model_validate(http.get(f"/retraining/{trigger_id}").json)


def cancel(http: FlaskClient, trigger_id: str, reason: str = "a mistake") -> Any:
    path = f"/retraining/{trigger_id}/cancel"
    return http.post(path, json={"reason": reason}, headers=OPERATOR)


def test_the_time_to_come_is_that_of_the_same_steps_before(
    http: FlaskClient, queue: RetrainQueue
) -> None:
    claimed(queue).finish({"version": "2", "steps": STEPS}, succeeded=True)
    claim = claimed(queue)
    began = utc_now() - timedelta(seconds=10)
    claim.beat(HeartBeat(stage="training", step="Fitting ridge", progress=0.1, begun_at=began))
    running = follow(http, claim.trigger.trigger_id)
    assert running.remaining_seconds == pytest.approx(30 - 10 + 10 + 1, abs=5)
    assert running.elapsed_seconds == pytest.approx(0, abs=5)
    assert running.remaining_runs == 1
    claim.beat(HeartBeat(stage="publishing", step="Keeping 2 as a challenger", progress=0.9))
    assert (follow(http, claim.trigger.trigger_id).remaining_seconds or 0) <= 1


def test_without_earlier_ones_progress_says_it_or_nobody_knows(
    http: FlaskClient, queue: RetrainQueue
) -> None:
    claim = claimed(queue)
    trigger_id = claim.trigger.trigger_id
    assert follow(http, trigger_id).remaining_seconds is None
    claim.beat(HeartBeat(stage="loading", step="Loading the training data", progress=0.0))
    assert follow(http, trigger_id).remaining_seconds is None
    claim.beat(HeartBeat(stage="training", step="Fitting ridge", progress=0.5))
    running = follow(http, trigger_id)
    assert running.elapsed_seconds is not None
    assert running.remaining_seconds == pytest.approx(running.elapsed_seconds)
    assert running.remaining_runs == 0


def test_only_those_in_which_the_same_candidates_competed_say_it(
    http: FlaskClient, queue: RetrainQueue
) -> None:
    claimed(queue).finish({"version": "2", "steps": STEPS}, succeeded=True)
    queue.submit("fewer", "tests", plan=TrainingPlan(candidates=("ridge",)))
    claim = queue.claim()
    assert claim is not None
    claim.beat(HeartBeat(stage="training", step="Fitting ridge", progress=0.5))
    assert follow(http, claim.trigger.trigger_id).remaining_runs == 0
    claim.finish({"version": "3", "steps": STEPS}, succeeded=True)
    for _ in range(6):  # they end before the training, and hide no other
        claimed(queue).finish({"promoted": False, "reason": "nothing new"}, succeeded=True)
    claim = claimed(queue)
    claim.beat(HeartBeat(stage="training", step="Fitting ridge", progress=0.5))
    assert follow(http, claim.trigger.trigger_id).remaining_runs == 1


def test_what_it_logged_its_run_and_its_verdict_are_told(
    http: FlaskClient, queue: RetrainQueue, service_settings: Settings
) -> None:
    claim = claimed(queue)
    trigger_id = claim.trigger.trigger_id
    log = queue.files.path(trigger_id, LOG)
    log.write_text("".join(f"line {number}\n" for number in range(300)))
    run = MlflowRun(experiment_id="7", run_id="abc")
    claim.beat(HeartBeat(stage="evaluating", step="Recording ridge", progress=0.5, mlflow=run))
    running = follow(http, trigger_id)
    assert running.log_tail == [f"line {number}" for number in range(200, 300)]
    assert running.mlflow is not None
    assert running.mlflow.url == f"{service_settings.addresses.mlflow_url}/#/experiments/7/runs/abc"
    assert running.reached == running.stage == "evaluating"
    verdict = {"version": "one", "promoted": False, "reason": "it is not proven better"}
    claim.finish(verdict | {"steps": STEPS, "mlflow": run.model_dump()}, succeeded=True)
    done = follow(http, trigger_id)
    assert (done.stage, done.reached, done.progress) == ("done", "publishing", 1)
    assert (done.version, done.promoted, done.verdict) == tuple(verdict.values())
    assert done.mlflow == running.mlflow
    assert len(done.log_tail) == 100


def test_one_that_failed_says_where_and_why(http: FlaskClient, queue: RetrainQueue) -> None:
    claim = claimed(queue)
    claim.finish({"error": "The table is empty.", "steps": STEPS[:1]}, succeeded=False)
    failed = follow(http, claim.trigger.trigger_id)
    assert (failed.stage, failed.reached, failed.verdict) == (
        "failed",
        "loading",
        "The table is empty.",
    )
    assert failed.promoted is None


def test_the_list_is_newest_first_filtered_and_limited(
    http: FlaskClient, queue: RetrainQueue
) -> None:
    claimed(queue).finish({}, succeeded=True)
    claimed(queue).finish({"error": "no"}, succeeded=False)
    waiting = queue.submit("third", "tests").trigger_id

    def states(query: str) -> list[str]:
        body = RetrainingsResponse.model_validate(http.get(f"/retraining{query}").json)
        assert body.total == len(body.retrainings)
        return [row.state for row in body.retrainings]

    assert states("") == ["pending", "failed", "done"]
    assert states("?limit=1") == ["pending"]
    assert states("?state=done,failed") == ["failed", "done"]
    body = RetrainingsResponse.model_validate(http.get("/retraining?state=pending").json)
    assert body.filters["state"] == "pending"
    assert body.retrainings[0].id == waiting


@pytest.mark.parametrize("query", ["state=asleep", "state=", "limit=0", "limit=1001", "page=2"])
def test_a_wrong_list_query_is_refused(http: FlaskClient, query: str) -> None:
    assert_problem(http.get(f"/retraining?{query}"), 400)


def test_cancelling_is_kept_told_and_audited(
    http: FlaskClient, queue: RetrainQueue, store_records: Callable[[], None]
) -> None:
    waiting = queue.submit("first", "tests").trigger_id
    answer = CancelResponse.model_validate(cancel(http, waiting, "wrong window").json)
    assert (answer.state, queue.pending()) == ("cancelled", [])
    over = follow(http, waiting)
    assert (over.state, over.stage, over.progress) == ("cancelled", "cancelled", 0)
    assert over.cancellation is not None
    assert (over.cancellation.requested_by, over.cancellation.reason) == (
        "operator",
        "wrong window",
    )
    store_records()
    events = HistoryResponse.model_validate(http.get("/monitoring/history").json).events
    assert [(event.kind, event.subject) for event in events] == [("retraining", waiting)]
    assert "wrong window" in events[0].summary
    audit = AuditResponse.model_validate(http.get("/audit", headers=OPERATOR).json)
    (entry,) = audit.entries
    assert (entry.action, entry.subject, entry.reason) == (
        "retraining cancelled",
        waiting,
        "wrong window",
    )
    assert_problem(cancel(http, waiting), 409)


def test_one_that_runs_is_asked_to_stop(http: FlaskClient, queue: RetrainQueue) -> None:
    claim = claimed(queue)
    trigger_id = claim.trigger.trigger_id
    answer = CancelResponse.model_validate(cancel(http, trigger_id).json)
    assert answer.state == "running"
    assert "stops at the end of its current step" in answer.message
    assert follow(http, trigger_id).cancellation is not None
    assert "already" in assert_problem(cancel(http, trigger_id), 409)["error"]
    claim.stop({})
    assert follow(http, trigger_id).state == "cancelled"


def test_cancelling_needs_the_role_a_reason_and_a_retraining(
    http: FlaskClient, queue: RetrainQueue
) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    path, body = f"/retraining/{trigger_id}/cancel", {"reason": "x"}
    assert_problem(http.post(path, json=body), 401)
    assert_problem(http.post(path, json=body, headers=bearer("see")), 403)
    assert_problem(cancel(http, trigger_id, "  "), 400)
    assert_problem(cancel(http, "none"), 404)
    assert queue.pending() == [trigger_id]
