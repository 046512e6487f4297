"""The retraining worker: takes one trigger at a time, trains, and promotes what passes the gate.

Run it with ``python -m training.worker``. Killed at any moment, it leaves the champion serving, and the
trigger is claimed again at its next start.
"""

import storage.ctrl_c

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.errors import HousingError, InvalidInput
from storage.models.store import ModelStore
from storage.process.kinds import WORKER
from storage.process.lock import AlreadyRunning, only_process
from storage.process.loop import run_until_stopped
from storage.process.memory import give_back_freed
from storage.retraining.files import LOG
from storage.retraining.log import kept_log
from storage.retraining.queue import Claim, RetrainQueue
from storage.schema.gate import GateDecision
from storage.schema.manifest import ModelManifest
from storage.schema.records import LONGEST_REASON, EventKind, EventRecord
from storage.schema.triggers import Trigger
from storage.settings import Settings, settings_or_exit
from storage.spool.log_handler import configure_logging, open_spool
from storage.spool.spool import Spool
from storage.spool.timeline import Timeline
from training.dataset.kept import champion_table, in_words
from training.dataset.missing import Missing
from training.dataset.production_rows import LabelledReport, read_retraining
from training.dataset.sources import load_table
from training.dataset.table import HousingTable
from training.fitting.progress import ClaimedSteps, RetrainingCancelled
from training.idle_work import IdleWork
from training.models.candidates import Candidate, configured_candidates
from training.promotion.gate import PromotionGate
from training.promotion.identity import identity
from training.promotion.loaded_version import refusal_of
from training.promotion.recalibration import IntervalRecalibration
from training.publishing.published_version import PublishedVersion, published_for
from training.tracking.registry import follow_champion
from training.tracking.verdict import Verdict, record_verdict
from training.train import Training

logger = logging.getLogger("training.worker")  # __name__ is "__main__" when it runs as a process


class NothingNew(Exception):
    """A training would learn what the champion has learned."""

    def __init__(self, champion: str, labelled: LabelledReport | None) -> None:
        rows = labelled.sentence() if labelled is not None else "Trained on the base table only"
        super().__init__(
            f"nothing new to learn: champion {champion} was trained on the same rows, candidates and "
            f"settings ({rows[:1].lower()}{rows[1:]}); new labels or other settings change that, and `force` "
            "trains anyway"
        )
        self.champion = champion


class RetrainingWorker:
    """Carries out the triggers of one runtime folder.

    Parameters
    ----------
    settings
        Where the folder is, the seed and the threads.
    load
        Loads the table to begin with. Once there is a champion, its own table counts.
    candidates
        The models that compete.
    spool
        The spool for its events; None opens its own.
    """

    def __init__(
        self,
        settings: Settings,
        load: Callable[[], HousingTable],
        candidates: Sequence[Candidate],
        spool: Spool | None = None,
    ) -> None:
        self._settings = settings
        self._load = load
        self._candidates = candidates
        self._queue = RetrainQueue(settings.paths.triggers)
        self._store = ModelStore(settings.paths)
        self._gate = PromotionGate(settings)
        self._recalibration = IntervalRecalibration(settings)
        spool = spool if spool is not None else open_spool(settings)
        self._timeline = Timeline(spool)
        self._audit = AuditTrail(settings.paths)
        self._idle = IdleWork(settings, spool)

    def recover(self) -> list[str]:
        """Requeue the triggers of a worker that died; return their ids."""
        recovered = self._queue.recover()
        for trigger_id in recovered:
            logger.warning("Retraining %s was interrupted and starts again.", trigger_id)
        return recovered

    def run_once(self, now: datetime) -> Trigger | None:
        """Claim the oldest trigger, if there is one, and carry it out; return the closed trigger.

        If there is none, it takes a step of ``IdleWork``.

        A training that fails closes its trigger as failed, with the reason; the next one is not affected.
        """
        self.recover()
        claim = self._queue.claim()
        if claim is None:
            self._idle.run_once(now)
            return None
        trigger = claim.trigger
        logger.info("Retraining %s begins: %s", trigger.trigger_id, trigger.reason)
        self._tell(
            "retraining", trigger, f"Retraining begins: {trigger.reason}", {"state": "begun"}
        )
        with kept_log(self._queue.files.path(trigger.trigger_id, LOG)):
            closed = self._attempt(claim, now)
            logger.info("Retraining %s: %s.", trigger.trigger_id, closed.status)
        give_back_freed()
        result = closed.result or {}
        self._tell("retraining", trigger, _summary(closed), {"state": closed.status} | result)
        return closed

    def _attempt(self, claim: Claim, now: datetime) -> Trigger:
        steps, result = ClaimedSteps(claim, logger), {"started_at": now.isoformat()}
        try:
            with steps:
                result |= self._retrain(claim.trigger, steps, now)
        except NothingNew as known:
            logger.info("%s.", known)
            told = {"promoted": False, "reason": str(known), "previous_champion": known.champion}
            return claim.finish(result | told | steps.report, succeeded=True)
        except RetrainingCancelled as cancelled:
            logger.warning("%s", cancelled)
            return claim.stop(result | steps.report)
        except Exception as error:
            # Any error: raised further, it would end the process, and the restarted worker would claim
            # the same trigger forever.
            # Ours is a sentence for a person; anything else is a defect.
            said = isinstance(error, HousingError)
            logger.error("The retraining failed: %s", error, exc_info=None if said else error)
            reason = {"error": str(error) or type(error).__name__}
            return claim.finish(result | reason | steps.report, succeeded=False)
        return claim.finish(result | steps.report, succeeded=True)

    def _retrain(self, trigger: Trigger, steps: ClaimedSteps, now: datetime) -> dict[str, Any]:
        published = self._published(trigger, steps)
        steps.keep(version=published.manifest.version)
        steps.work_on("gate", "Comparing with the champion")
        decision = self._gate.judge(published, trigger, now)
        result = _result(published.manifest, decision)
        if not decision.promote:
            result |= identity(self._store, published.manifest, decision.champion_version)
            result = self._with_recalibration(result, published, trigger, steps, now)
        steps.work_on("publishing", _publishing(result))
        if result["promoted"]:
            self._promote(trigger, result)
        follow_champion(self._settings, published.manifest)
        verdict = Verdict.of(decision.promote, decision.decided_by, decision.reason)
        record_verdict(self._settings, published.manifest, verdict)
        logger.info(
            "%s: %s.", "Promoted" if result["promoted"] else "Not promoted", result["reason"]
        )
        return result

    def _promote(self, trigger: Trigger, result: dict[str, Any]) -> None:
        self._store.set_champion(result["version"], "gate")
        self._tell("promotion", trigger, f"Promoted: {result['reason']}.", result)
        self._audit.record(_promotion(trigger, result))

    def _with_recalibration(
        self,
        refused: dict[str, Any],
        published: PublishedVersion,
        trigger: Trigger,
        steps: ClaimedSteps,
        now: datetime,
    ) -> dict[str, Any]:
        """Return the result with what became of new intervals for the champion, the second offer.

        If they are to serve, the result is that of their version, and names the refused one.
        """
        steps.work_on("gate", "Calibrating the champion's intervals on recent labels")
        offer = self._recalibration.offer(trigger, published.chosen_by, now)
        reason = offer.reason if isinstance(offer, Missing) else offer.decision.reason
        if isinstance(offer, Missing) or offer.manifest is None:
            logger.info("The champion's intervals stay: %s.", reason)
            return refused | {"recalibration": {"promoted": False, "reason": reason}}
        steps.keep(version=offer.manifest.version)
        return _result(offer.manifest, offer.decision) | {"challenger": refused}

    def _published(self, trigger: Trigger, steps: ClaimedSteps) -> PublishedVersion:
        steps.work_on("loading", "Loading the training data")
        table = self._table()
        before = published_for(
            self._store, trigger.trigger_id, table, self._settings.training.random_seed
        )
        if before is not None and self._loads(before.manifest.version):
            logger.info("Version %s was already published.", before.manifest.version)
            return before
        retraining = read_retraining(self._settings, trigger)
        training = Training(self._settings, table, self._candidates, steps, retraining)
        if not trigger.force:
            self._refuse_known(training)
        return training.run().published

    def _refuse_known(self, training: Training) -> None:
        """Say before minutes of work that they would give the champion again."""
        champion = self._store.way_back().champion
        same = {
            one.version for one in self._store.versions() if one.lesson_sha256 == training.lesson
        }
        # One that cannot be loaded is worth training again.
        if champion in same and champion is not None and refusal_of(self._store, champion) is None:
            raise NothingNew(champion, training.labelled)

    def _table(self) -> HousingTable:
        """Return the table that the champion learned from; another would be judged by other rows."""
        table = champion_table(self._settings.paths)
        if table is None:
            return self._load()
        logger.info("The table is the champion's: %s.", in_words(table.learned, table.sha256))
        return table

    def _loads(self, version: str) -> bool:
        """Whether a version that an interrupted attempt published can be judged; say so if not."""
        problem = refusal_of(self._store, version)
        if problem is not None:
            logger.warning("%s It was left by an interrupted attempt; training again.", problem)
        return problem is None

    def _tell(
        self, kind: EventKind, trigger: Trigger, summary: str, figures: dict[str, Any]
    ) -> None:
        version = figures.get("version") if kind == "promotion" else None
        event = EventRecord(
            event_kind=kind,
            actor=WORKER,
            subject=version or trigger.trigger_id,
            summary=summary,
            figures=figures | {"trigger_id": trigger.trigger_id, "source": trigger.source},
        )
        self._timeline.record(event)


def _result(manifest: ModelManifest, decision: GateDecision) -> dict[str, Any]:
    return {
        "version": manifest.version,
        "model_name": manifest.model_name,
        "metrics": manifest.metrics,
        "labelled": manifest.labelled,
        "mlflow_run_id": manifest.mlflow_run_id,
        "previous_champion": decision.champion_version,
        "promoted": decision.promote,
        "reason": decision.reason,
        "decision": decision.model_dump(mode="json"),
    }


def _promotion(trigger: Trigger, result: dict[str, Any]) -> AuditAct:
    return AuditAct(
        actor=WORKER,
        action="promotion",
        subject=result["version"],
        reason=result["reason"][:LONGEST_REASON],
        figures={"previous": result["previous_champion"], "trigger_id": trigger.trigger_id},
    )


def _publishing(result: dict[str, Any]) -> str:
    if result["promoted"]:
        return f"Making {result['version']} the champion"
    return f"Keeping {result['version']} as a challenger"


def _summary(closed: Trigger) -> str:
    result = closed.result or {}
    if closed.status == "failed":
        return f"Retraining failed: {result['error']}"
    if closed.status == "cancelled" and closed.cancellation is not None:
        asked = closed.cancellation
        return f"Retraining was cancelled by {asked.requested_by}: {asked.reason}"
    if "version" not in result:
        return f"Retraining is done: {result['reason']}."
    verdict = "was promoted" if result["promoted"] else "was not promoted"
    return f"Retraining is done: version {result['version']} {verdict}, {result['reason']}."


def main(
    candidates: Callable[[Settings], Sequence[Candidate]] = configured_candidates,
    load: Callable[[], HousingTable] = load_table,
) -> None:
    """Run the worker until it is stopped; ``candidates`` compete in each training, on what ``load`` loads."""
    settings = settings_or_exit()
    spool = open_spool(settings)
    configure_logging(settings, spool, WORKER)
    try:
        worker = RetrainingWorker(settings, load, candidates(settings), spool)
        with only_process(settings.paths.worker_lock, WORKER) as held:
            held.keep()
            logger.info("The worker waits for triggers in %s.", settings.paths.triggers)
            run_until_stopped(worker.run_once, settings.worker.poll_seconds)
    except (AlreadyRunning, InvalidInput) as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
