"""Requesting and cancelling a retraining: writes a file for the worker, and an event on the timeline."""

import logging

from backend.contract.monitoring import RequestedSource
from backend.contract.retraining.check import RetrainingDecision
from storage.retraining.queue import RetrainQueue
from storage.retraining.reader import FoundTrigger
from storage.schema.records import LONGEST_REASON, EventRecord
from storage.schema.triggers import DataWindow, TrainingPlan, Trigger
from storage.spool.timeline import Timeline

logger = logging.getLogger(__name__)

CHECK = "scheduled check"
"""The requester named when no person asked."""


class RetrainingRequests:
    """Handles requests for retraining from people and checks."""

    def __init__(self, queue: RetrainQueue, timeline: Timeline) -> None:
        self._queue = queue
        self._timeline = timeline

    def ask(
        self,
        reason: str,
        requested_by: str,
        window: DataWindow | None = None,
        source: RequestedSource = "manual",
        *,
        force: bool = False,
        person: str | None = None,
        plan: TrainingPlan | None = None,
    ) -> Trigger:
        """Submit a person's request; ``source`` is the finding that it acts on, if there is one.

        ``person`` is the name that was given with the key of the role ``requested_by``.

        With ``force``, it is carried out even if there is nothing new to learn.

        Raises
        ------
        QueueUnavailable
            If the trigger could not be stored; nothing was requested.
        """
        trigger = self._queue.submit(
            reason,
            requested_by,
            source=source,
            window=window,
            force=force,
            person=person,
            plan=plan,
        )
        return self._told(trigger)

    def ask_by_itself(self, decision: RetrainingDecision, window: DataWindow) -> Trigger | None:
        """Submit a check's request; None if another retraining is queued or running by now.

        Raises
        ------
        QueueUnavailable
            If the trigger could not be stored; nothing was requested.
        """
        trigger = self._queue.submit_if_idle(
            " ".join(decision.reasons)[:LONGEST_REASON],
            CHECK,
            source=decision.source or "schedule",
            window=window,
            figures=decision.figures,
        )
        return self._told(trigger) if trigger is not None else None

    def cancel(self, trigger_id: str, reason: str, requested_by: str) -> FoundTrigger:
        """Cancel a retraining; raises the errors of ``RetrainQueue.cancel``."""
        found = self._queue.cancel(trigger_id, reason, requested_by)
        ends = "before it started" if found.state == "cancelled" else "while it was running"
        summary = f"Retraining cancelled {ends}: {reason}"
        logger.warning("%s (%s)", summary, trigger_id)
        self._timeline.record(
            EventRecord(
                event_kind="retraining",
                actor=requested_by,
                subject=trigger_id,
                summary=summary,
                figures={"state": found.state, "trigger_id": trigger_id},
            )
        )
        return found

    def _told(self, trigger: Trigger) -> Trigger:
        logger.info("Retraining %s requested: %s", trigger.trigger_id, trigger.reason)
        self._timeline.record(
            EventRecord(
                timestamp=trigger.created_at,
                event_kind="trigger",
                actor=trigger.person or trigger.requested_by,
                subject=trigger.trigger_id,
                summary=f"Retraining requested ({trigger.source}): {trigger.reason}",
                figures=trigger.figures,
            )
        )
        return trigger
