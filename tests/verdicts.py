"""A real verdict of the promotion gate about a version, left in the queue's history as a worker leaves it."""

from storage.models.store import HOLDOUT, ModelStore
from storage.retraining.queue import RetrainQueue
from storage.schema.gate import GateDecision
from storage.schema.predictions import LabelledPredictions
from storage.schema.triggers import Trigger
from storage.settings import Settings
from training.dataset.missing import Missing
from training.evaluation.behaviour import Observation
from training.evaluation.comparison import Comparison
from training.evaluation.holdout import read_holdout
from training.models.intervals import COVERAGE
from training.promotion.checks import Rules
from training.promotion.decision import Evidence, decide

KEPT = Observation("finite", 10, 0, "10 of 10 answers are finite numbers")


def decision(store: ModelStore, version: str, champion: str) -> GateDecision:
    """Let the gate's rules decide about a version, by what both answered to their holdout."""
    comparison = Comparison(_answers(store, version), _answers(store, champion))
    evidence = Evidence(
        challenger=comparison.challenger,
        coverage=COVERAGE,
        champion_version=champion,
        fixed=comparison,
        recent=Missing("3 labelled predictions, at least 100 are needed"),
        source="drift",
        latency_microseconds=120.0,
        behaviour=(KEPT,),
    )
    return decide(evidence, Rules.of(Settings()))


def close_retraining(
    settings: Settings, version: str, decided: GateDecision | None, reason: str = "Incomes rose."
) -> Trigger:
    """Ask for a retraining and close it as one that made ``version``."""
    queue = RetrainQueue(settings.paths.triggers)
    queue.submit(reason, "operator", source="drift")
    claim = queue.claim()
    assert claim is not None
    result = {
        "version": version,
        "decision": decided.model_dump(mode="json") if decided is not None else None,
    }
    return claim.finish(result, succeeded=True)


def _answers(store: ModelStore, version: str) -> LabelledPredictions:
    return read_holdout(store.read(version, HOLDOUT))
