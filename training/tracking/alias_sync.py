"""MLflow's aliases brought after the champion pointer, whoever moved it.

A look that the worker takes when idle: the service, which promotes and rolls back by hand, never talks to
MLflow, which might be away while an answer waits.
"""

import logging
from datetime import datetime

from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.store import ModelStore
from storage.process.retry import Retry
from storage.schema.records import ChampionPointer
from storage.settings import Settings
from training.tracking.pending import OpenRegistrations
from training.tracking.registry import ModelRegistry
from training.tracking.store import TrackingUnavailable, is_remote

logger = logging.getLogger(__name__)


class AliasSync:
    """Keeps the aliases of one runtime folder's versions. Its first look mends what happened before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.paths)
        self._open = OpenRegistrations(settings.paths)
        self._followed: ChampionPointer | None = None
        self._retry = Retry()

    def run_once(self, now: datetime) -> bool:
        """Bring the aliases after the pointer if it has moved; return whether MLflow was asked.

        MLflow being away is said once, and it is asked again after a pause.
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
                logger.warning("%s The aliases follow the champion when it is back.", error)
            return
        self._followed = pointer
        self._retry.succeeded()
        logger.info("MLflow's aliases follow the champion %s.", pointer.version)

    def _recorded_champion(self) -> ChampionPointer | None:
        """Return the pointer, if it can be read and MLflow can know the version that it names."""
        try:
            pointer = self._store.champion_pointer()
            if pointer is None or not self._may_have_records():
                return None
            self._store.manifest(pointer.version)
        except (ModelIntegrityError, RecordNotFound):
            return None  # the service says so, and goes on with the version that it has
        # One that is not registered yet is followed when it is: see ``RegistrationRetry``.
        return pointer if not self._open.is_open(pointer.version) else None

    def _may_have_records(self) -> bool:
        # Asking a store that is not there would make one, which takes ten seconds.
        own = not self._settings.mlflow.tracking_uri and not is_remote(self._settings)
        return not own or self._settings.paths.mlflow_store.exists()
