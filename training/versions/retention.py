"""After a training, versions beyond a number are removed: folder, artifacts in MLflow, with log and audit.

The worker does this when idle, so that what a kill or a missing MLflow left undone is done later.
"""

import logging
from datetime import datetime

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.errors import HousingError
from storage.models.removal import VersionRemoval
from storage.models.removed import RemovedVersion
from storage.models.store import ModelStore
from storage.settings import Settings
from training.promotion.shadow import newest_challenger
from training.tracking.forgetting import forget
from training.tracking.pending import OpenRegistrations

logger = logging.getLogger(__name__)

ACTOR = "version retention"


class VersionRetention:
    """Keeps the versions of one runtime folder few."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.paths)
        self._removal = VersionRemoval(settings.paths, settings.versions.kept)
        self._open = OpenRegistrations(settings.paths)
        self._audit = AuditTrail(settings.paths)

    def run_once(self, now: datetime) -> tuple[RemovedVersion, ...]:
        """Remove what is too much; return it.

        Raises
        ------
        ModelIntegrityError
            If it is not known what must stay; nothing is removed.
        PointerUnavailable
            If the lock of the champion pointer cannot be taken.
        TrackingUnavailable
            If MLflow is unavailable; its artifacts are removed by a later call.
        """
        removed = self._removal.run(now, self._also_stay())
        for entry in removed:
            self._tell(entry)
        self._forget()
        return removed

    def _also_stay(self) -> list[str]:
        """Return the challenger that answers in the shadow, and versions that MLflow does not know yet."""
        challenger = newest_challenger(self._store)
        waiting = [each.version for each in self._open.all()]
        return waiting if challenger is None else [*waiting, challenger.version]

    def _forget(self) -> None:
        for entry in self._store.removed.all():
            if entry.forgotten:
                continue
            forget(self._settings, entry)
            with self._store.pointer_stays():
                self._store.removed.keep([entry.model_copy(update={"forgotten": True})])

    def _tell(self, entry: RemovedVersion) -> None:
        reason = (
            f"{self._settings.versions.kept} newer ones are kept, and nothing leads back to it."
        )
        logger.info("Version %s was removed: %s", entry.version, reason)
        act = AuditAct(
            actor=ACTOR,
            action="removal",
            subject=entry.version,
            reason=reason,
            figures={"trained_at": entry.created_at.isoformat()},
        )
        self._audit.record(act)


def remove_old_versions(settings: Settings, now: datetime) -> None:
    """Do so once after a training; what fails is logged, and done by the worker later."""
    try:
        VersionRetention(settings).run_once(now)
    except HousingError as error:
        logger.warning("%s Old versions are removed later.", error)
