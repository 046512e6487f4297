"""What MLflow is told of a whole training: what a plan says otherwise too, and nothing without one."""

from storage.schema.triggers import TrainingPlan
from storage.settings import Settings
from training.fitting.run_parameters import run_parameters


def test_a_plan_is_among_the_parameters_of_the_run() -> None:
    plan = TrainingPlan(labelled_days=7.0, candidates=("linear_regression",))
    assert run_parameters(Settings(), None, None) == {"seed": "0"}
    assert run_parameters(Settings(), None, plan) == {
        "seed": "0",
        "plan_labelled_days": "7.0",
        "plan_candidates": '["linear_regression"]',
    }
