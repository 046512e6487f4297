"""Keeping MLflow's aliases in line with the champion pointer, whoever moved it.

The worker does this when idle: the service, which promotes and rolls back by hand, never calls MLflow,
because MLflow may be down while a request waits.
"""

import logging
from datetime import datetime

from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.store import ModelStore
from storage.process.retry import Retry
from storage.schema.manifest import ChampionPointer
from storage.settings import Settings
from training.tracking.pending import OpenRegistrations
from training.tracking.registry import ModelRegistry
from training.tracking.store import TrackingUnavailable, is_remote

logger = logging.getLogger(__name__)


class AliasSync:
    """Keeps the aliases of one runtime folder's versions. The first check repairs earlier differences."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.paths)
        self._open = OpenRegistrations(settings.paths)
        self._followed: ChampionPointer | None = None
        self._retry = Retry()

    def run_once(self, now: datetime) -> bool:
        """Update the aliases if the pointer has moved; return whether MLflow was called.

        If MLflow is unavailable, that is logged once, and it is called again after a pause.
        """
        pointer = self._recorded_champion()
        if pointer is None or pointer == self._followed:
            return False
        if not self._retry.is_due(now):
            return False
        self._follow(pointer, now)
        return True

    def _follow(self, pointer: ChampionPointer, now: datetime) -> None:
        try:
            ModelRegistry(self._settings).follow(pointer.version, pointer.previous)
        except TrackingUnavailable as error:
            if self._retry.failed(now, str(error)):
                logger.warning("%s The aliases will be updated when it is back.", error)
            return
        self._followed = pointer
        self._retry.succeeded()
        logger.info("MLflow's aliases now match the champion %s.", pointer.version)

    def _recorded_champion(self) -> ChampionPointer | None:
        """Return the pointer, if it can be read and MLflow can know the version that it names."""
        try:
            pointer = self._store.champion_pointer()
            if pointer is None or not self._may_have_records():
                return None
            self._store.manifest(pointer.version)
        except (ModelIntegrityError, RecordNotFound):
            return None  # the service reports it and keeps its version
        # A version not registered yet gets its alias when it is: see ``RegistrationRetry``.
        return pointer if not self._open.is_open(pointer.version) else None

    def _may_have_records(self) -> bool:
        # Connecting to a missing store would create one, which takes ten seconds.
        own = not self._settings.mlflow.tracking_uri and not is_remote(self._settings)
        return not own or self._settings.paths.mlflow_store.exists()
