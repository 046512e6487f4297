"""A retraining asked for with a plan, over HTTP: carried out as said, and refused beyond the limits."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.retraining.learnable import LearnableResponse
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.schema.triggers import TrainingPlan
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.system import bearer
from tests.training.labelled import keep_labelled
from training.dataset.sources import load_table
from training.dataset.splits import Part

OPERATOR = bearer("operate")


def ask(http: FlaskClient, plan: dict[str, Any]) -> Any:
    body = {"reason": "Prices moved.", "person": "Ada", "plan": plan}
    return http.post("/monitoring/trigger-retraining", json=body, headers=OPERATOR)


def test_a_plan_is_kept_with_the_trigger_and_audited(
    http: FlaskClient, service_settings: Settings
) -> None:
    plan = {"labelled_days": 7.0, "labelled_weight": 2.0, "candidates": ["linear_regression"]}
    trigger_id = ask(http, plan).get_json()["trigger_id"]
    kept = RetrainQueue(service_settings.paths.triggers).find(trigger_id).trigger
    assert (kept.person, kept.plan) == ("Ada", TrainingPlan.model_validate(plan))
    shown = http.get(f"/retraining/{trigger_id}").get_json()
    assert shown["plan"] == plan | {"labelled_most_rows": None}
    (entry,) = http.get("/audit", headers=OPERATOR).get_json()["entries"]
    assert entry["figures"] == {"person": "Ada", "plan": plan}


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"labelled_days": 0.5}, "greater than or equal to 1"),
        ({"labelled_most_rows": 100_001}, "less than or equal to 100000"),
        ({"labelled_weight": 0}, "greater than or equal to 0.01"),
        ({"candidates": ["nobody"]}, "There is no candidate nobody; choose from "),
        ({"depth": 3}, "depth"),
    ],
)
def test_a_plan_beyond_the_limits_is_refused_with_a_sentence(
    http: FlaskClient, service_settings: Settings, plan: dict[str, Any], said: str
) -> None:
    problem = assert_problem(ask(http, plan), 409 if "candidates" in plan else 400)
    assert said in str(problem)
    assert not RetrainQueue(service_settings.paths.triggers).pending()


def test_the_rows_of_a_plan_are_counted_before(
    http: FlaskClient, service_settings: Settings
) -> None:
    table, now = load_table(), utc_now()
    rows = Part(table.inputs[:40], table.targets[:40])
    keep_labelled(service_settings, rows, now - timedelta(days=10))
    path = "/retraining/learnable?days=7&most_rows=20"
    found = LearnableResponse.model_validate(http.get(path).json)
    assert (found.days, found.most_rows) == (7, 20)
    assert [(one.why, one.rows) for one in found.left_out] == [
        ("answered before the last 7 days", 40)
    ]
    assert "linear_regression" in found.candidates
