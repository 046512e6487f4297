"""A retraining worker over a runtime folder of a test, with forests that fit in a second."""

from dataclasses import replace
from typing import Any

from sklearn.base import clone

from storage.models.store import ModelStore
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.schema.triggers import TrainingPlan, TriggerSource
from storage.settings import Settings
from tests.system import wait_for
from tests.training.conftest import named_candidates
from training.dataset.table import HousingTable
from training.models.candidates import Candidate
from training.publishing.publish import VERSION_TIME
from training.worker import RetrainingWorker

# Through scikit-learn one answer of a forest takes longer than the budget of a model in service.
PATIENT = {"promotion_latency_budget_microseconds": 1e9}


def forest(name: str) -> Candidate:
    """Return a small random forest: "good", or "bad", which knows two kinds of districts only."""
    depths = {"good": None, "bad": 1}
    (candidate,) = named_candidates("random_forest")
    pipeline = clone(candidate.pipeline)
    pipeline.set_params(regressor__n_estimators=20, regressor__max_depth=depths[name])
    return replace(candidate, pipeline=pipeline)


class Bench:
    """A worker over one runtime folder, with its queue and its models."""

    def __init__(self, settings: Settings, table: HousingTable) -> None:
        self.settings = settings
        self.table = table
        self.queue = RetrainQueue(settings.paths.triggers)
        self.store = ModelStore(settings.paths)

    def worker(self, candidate: Candidate | None = None) -> RetrainingWorker:
        return RetrainingWorker(self.settings, lambda: self.table, (candidate or forest("bad"),))

    def submit(
        self,
        source: TriggerSource = "manual",
        *,
        force: bool = False,
        plan: TrainingPlan | None = None,
    ) -> str:
        trigger = self.queue.submit("the test asks", "tests", source=source, force=force, plan=plan)
        return trigger.trigger_id

    def retrain(
        self,
        candidate: Candidate | None = None,
        source: TriggerSource = "manual",
        *,
        force: bool = False,
    ) -> dict[str, Any]:
        # The same model again, within the same second, would be the same version.
        wait_for(lambda: not self._published_now(), what="the next second")
        trigger_id = self.submit(source, force=force)
        assert self.worker(candidate).run_once(utc_now()) is not None
        found = self.queue.find(trigger_id)
        assert found.state == "done"
        assert found.trigger.result is not None
        return found.trigger.result

    def _published_now(self) -> bool:
        return any(self.settings.paths.versions.glob(f"{utc_now().strftime(VERSION_TIME)}-*"))
