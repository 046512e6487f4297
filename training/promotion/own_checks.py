"""The gate's checks of a model itself, made by every training: no champion is needed for them."""

from collections.abc import Iterable

from storage.schema.gate_check import GateCheck
from storage.schema.predictions import LabelledPredictions
from training.evaluation.behaviour import observe
from training.models.predictor import Predictor
from training.promotion.checks import Rules, model_checks
from training.promotion.loaded_version import latency_microseconds


def own_checks(
    predictor: Predictor, answers: LabelledPredictions, coverage: float, rules: Rules
) -> tuple[GateCheck, ...]:
    """Return coverage, latency, and the promises that every model must keep.

    Parameters
    ----------
    predictor
        The model as the service asks it.
    answers
        Its answers to the test part.
    coverage
        Share of values that its intervals should hold.
    """
    latency = latency_microseconds(predictor, answers.inputs)
    return model_checks(answers, coverage, latency, observe(predictor, answers.inputs), rules)


def failed(checks: Iterable[GateCheck]) -> list[GateCheck]:
    """Return the checks that forbid a promotion."""
    return [check for check in checks if check.required and not check.passed]
