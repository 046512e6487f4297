"""The promotion gate's decision about a version, found in the finished retrainings."""

import logging
from typing import Any

from pydantic import ValidationError

from backend.contract.models.version import GateVerdict
from storage.retraining.queue import RetrainQueue
from storage.schema.triggers import Trigger

logger = logging.getLogger(__name__)

MOST_RETRAININGS = 1_000
"""Number of latest finished retrainings that are searched."""
NEVER_JUDGED = "Trained from the command line, so it was compared with no champion."
RECORD_GONE = "The record of its retraining {trigger_id} is no longer kept."
UNREADABLE = (
    "The verdict of retraining {trigger_id} cannot be read; another release may have written it."
)


class GateHistory:
    """The verdicts of one queue; a verdict never changes, so it is cached."""

    def __init__(self, queue: RetrainQueue) -> None:
        self._queue = queue
        self._found: dict[str, GateVerdict] = {}

    def verdict(self, version: str, trigger_id: str | None = None) -> GateVerdict | str:
        """Return the gate's verdict, or the reason why there is none.

        ``trigger_id`` is that of the retraining that made the version; None: it was trained by hand.
        """
        if version in self._found:
            return self._found[version]
        trigger = self._retraining_of(version)
        if trigger is None:
            return RECORD_GONE.format(trigger_id=trigger_id) if trigger_id else NEVER_JUDGED
        try:
            verdict = _verdict(trigger, version)
        except ValidationError as error:
            logger.warning("The gate verdict for %s cannot be read: %s", version, error)
            return UNREADABLE.format(trigger_id=trigger.trigger_id)
        self._found[version] = verdict
        return verdict

    def _retraining_of(self, version: str) -> Trigger | None:
        closed = self._queue.history(MOST_RETRAININGS)
        return next((one for one in closed if _judged(one, version) is not None), None)


def _judged(trigger: Trigger, version: str) -> dict[str, Any] | None:
    """Return what a retraining says of a version: the one it ended with, or the model it refused before."""
    result = trigger.result or {}
    refused = result.get("challenger")
    said = (result, refused if isinstance(refused, dict) else {})
    return next((one for one in said if one.get("version") == version), None)


def _verdict(trigger: Trigger, version: str) -> GateVerdict:
    decision = (_judged(trigger, version) or {}).get("decision")
    known = decision if isinstance(decision, dict) else {}
    facts = {"trigger_id": trigger.trigger_id, "judged_at": trigger.finished_at}
    return GateVerdict.model_validate(known | facts)
