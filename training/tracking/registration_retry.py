"""Versions that were trained while MLflow was unavailable: recorded and registered once it is back.

The worker does this when idle, as with the aliases. No version is registered twice.
"""

import json
import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.store import HOLDOUT, METRICS, MODEL, ModelStore
from storage.process.retry import Retry
from storage.schema.manifest import ModelManifest
from storage.settings import Settings
from training.dataset.splits import Part
from training.evaluation.holdout import read_holdout
from training.evaluation.metrics import RegressionFigures
from training.fitting.fit import FittedCandidate, MeasuredCandidate
from training.models.candidates import all_candidates
from training.models.interval_figures import IntervalFigures
from training.publishing.publish import CANDIDATES_FOLDER
from training.tracking.pending import OpenRegistration, OpenRegistrations
from training.tracking.registry import ModelRegistry
from training.tracking.runs import RecordedRun, record_training
from training.tracking.store import TrackingUnavailable
from training.tracking.verdict import tag_version

logger = logging.getLogger(__name__)


class RegistrationRetry:
    """Completes the pending registrations of one runtime folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.paths)
        self._open = OpenRegistrations(settings.paths)
        self._retry = Retry()

    def run_once(self, now: datetime) -> bool:
        """Complete the oldest possible one; return whether MLflow was called.

        If MLflow is unavailable, that is logged once, and it is called again after a pause.
        """
        if not self._retry.is_due(now):
            return False
        for registration in self._open.all():
            manifest = self._published(registration, now)
            if manifest is not None:
                self._try(registration, manifest, now)
                return True
        return False

    def _published(self, registration: OpenRegistration, now: datetime) -> ModelManifest | None:
        version = registration.version
        try:
            return self._store.manifest(version)
        except RecordNotFound:
            if self._open.was_never_published(version, now):
                logger.info(
                    "Version %s was never published; there is nothing to register.", version
                )
                self._open.close(version)
        except ModelIntegrityError as error:
            self._give_up(version, error)
        return None

    def _try(self, registration: OpenRegistration, manifest: ModelManifest, now: datetime) -> None:
        try:
            with self._open.alone():
                self._register(registration, manifest)
        except TrackingUnavailable as error:
            if self._retry.failed(now, str(error)):
                logger.warning(
                    "%s Version %s will be registered later.", error, registration.version
                )
            return
        except (ModelIntegrityError, RecordNotFound) as error:
            self._give_up(registration.version, error)
        self._retry.succeeded()

    def _register(self, registration: OpenRegistration, manifest: ModelManifest) -> None:
        if not self._open.is_open(registration.version):
            return  # the training that published it was faster
        registry = ModelRegistry(self._settings)
        run = registration.run or self._record(registration)
        number = registry.register(manifest, run)
        tag_version(self._settings, manifest.version, run.run_id, dict(registration.tags))
        pointer = self._store.champion_pointer()
        if pointer is not None:
            registry.follow(pointer.version, pointer.previous)
        self._open.close(registration.version)
        logger.info("Version %s was registered in MLflow as number %s.", manifest.version, number)

    def _record(self, registration: OpenRegistration) -> RecordedRun:
        holdout = read_holdout(self._store.read(registration.version, HOLDOUT))
        test = Part(holdout.inputs, holdout.actual)
        candidates = measured_again(self._store, registration.version, test)
        run = record_training(
            self._settings, registration.context, candidates, registration.trials, test
        )
        # Stored before registering, so that it is not recorded twice.
        self._open.keep(replace(registration, run=run))
        return run

    def _give_up(self, version: str, error: Exception) -> None:
        logger.error("Version %s cannot be registered: %s", version, error)
        self._open.close(version)


def measured_again(store: ModelStore, version: str, test: Part) -> tuple[MeasuredCandidate, ...]:
    """Return the candidates of a published version as they were measured.

    Raises
    ------
    ModelIntegrityError
        If a file of the version is missing or damaged.
    """
    winner = store.manifest(version).model_name
    document = json.loads(store.read(version, METRICS))
    return tuple(_measured(store, version, each, winner, test) for each in document["candidates"])


def _measured(
    store: ModelStore, version: str, figures: dict[str, Any], winner: str, test: Part
) -> MeasuredCandidate:
    name = figures["model_name"]
    labels = {candidate.name: candidate.label for candidate in all_candidates(seed=0, threads=1)}
    file = MODEL if name == winner else f"{CANDIDATES_FOLDER}/{name}.pkl"
    intervals = figures["intervals"]
    fitted = FittedCandidate(
        name,
        labels.get(name, name),
        store.load(version, file),
        figures["fit_seconds"],
        RegressionFigures(**figures["validation"]),
    )
    return MeasuredCandidate(
        fitted,
        RegressionFigures(**figures["test"]),
        fitted.pipeline.predict(test.inputs),
        IntervalFigures(**intervals) if intervals is not None else None,
    )
