"""Versions in MLflow's model registry, with aliases for their roles in the service.

challenger   the newest version that is not, or not yet, the champion
champion     the version that the service answers with
previous     the champion before it, for a rollback

The champion pointer in the runtime folder decides, and the aliases follow it. An alias that cannot follow
is removed, so that ``models:/NAME@champion`` is the served model or an error.
"""

import logging
from collections.abc import Mapping

from mlflow import MlflowClient

from storage.domain.subject import MODEL_NAME
from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.store import MODEL, ModelStore
from storage.schema.manifest import ModelManifest
from storage.settings import Settings
from training.tracking.runs import RecordedRun
from training.tracking.store import TrackingUnavailable, answering, connect

logger = logging.getLogger(__name__)

CHALLENGER = "challenger"
CHAMPION = "champion"
PREVIOUS = "previous"
VERSION_TAG = "model_version"
CHECKSUM_TAG = "model_sha256"


class ModelRegistry:
    """The registered versions of one model.

    Raises
    ------
    TrackingUnavailable
        By every method and when it is made, if the store or the server does not answer.
    """

    def __init__(self, settings: Settings) -> None:
        self._store = ModelStore(settings.paths)
        with answering():
            self._client: MlflowClient = connect(settings)

    def register(self, manifest: ModelManifest, run: RecordedRun) -> str:
        """Register a published version, if it is not registered yet; return its number in the registry.

        The newest one is the challenger.

        Parameters
        ----------
        manifest
            The version, with the checksum of its model.
        run
            The run that recorded it.
        """
        tags = {VERSION_TAG: manifest.version, CHECKSUM_TAG: manifest.checksums[MODEL]}
        with answering():
            if not self._is_known():
                self._client.create_registered_model(MODEL_NAME)
            numbers = self._numbers()
            if manifest.version in numbers:
                return numbers[manifest.version]
            registered = self._client.create_model_version(
                MODEL_NAME,
                source=f"models:/{run.model_id}",
                run_id=run.run_id,
                tags=tags,
                model_id=run.model_id,
            )
            number = str(registered.version)
            if manifest.version > max(numbers, default=""):
                self._client.set_registered_model_alias(MODEL_NAME, CHALLENGER, number)
        return number

    def tag(self, version: str, tags: Mapping[str, str]) -> None:
        """Tag the version with this id, if it is registered."""
        with answering():
            number = self._number_of(version)
            for name, value in tags.items() if number is not None else ():
                self._client.set_model_version_tag(MODEL_NAME, number, name, value)

    def follow(self, champion: str, previous: str | None) -> None:
        """Point the aliases to the versions with these ids; a champion is no longer a challenger.

        If no version is registered, nothing is done. A version that carries another one's model, with new
        intervals, is that other one here: MLflow has models without intervals.
        """
        with answering():
            if not self._is_known():
                return
            self._point(CHAMPION, self._number_of(self._trained_as(champion)))
            self._point(PREVIOUS, self._number_of(self._trained_as(previous)))
            aliases = self._client.get_registered_model(MODEL_NAME).aliases
            if aliases.get(CHALLENGER) == aliases.get(CHAMPION):
                self._point(CHALLENGER, None)

    def _numbers(self) -> dict[str, str]:
        """Return the numbers by version id; ids sort by time."""
        found = self._client.search_model_versions(f"name = '{MODEL_NAME}'")
        return {
            each.tags[VERSION_TAG]: str(each.version) for each in found if VERSION_TAG in each.tags
        }

    def _is_known(self) -> bool:
        return bool(self._client.search_registered_models(f"name = '{MODEL_NAME}'"))

    def _point(self, alias: str, number: str | None) -> None:
        if number is None:
            self._client.delete_registered_model_alias(MODEL_NAME, alias)
        else:
            self._client.set_registered_model_alias(MODEL_NAME, alias, number)

    def _trained_as(self, version: str | None) -> str | None:
        try:
            return self._store.manifest(version).model_version if version is not None else None
        except (ModelIntegrityError, RecordNotFound):
            return version

    def _number_of(self, version: str | None) -> str | None:
        if version is None:
            return None
        found = self._client.search_model_versions(
            f"name = '{MODEL_NAME}' and tags.`{VERSION_TAG}` = '{version}'", max_results=1
        )
        return str(found[0].version) if found else None


def register_challenger(settings: Settings, manifest: ModelManifest, run: RecordedRun) -> bool:
    """Register a version; return whether it is registered. If MLflow is unavailable, log a warning."""
    try:
        ModelRegistry(settings).register(manifest, run)
    except TrackingUnavailable as error:
        logger.warning("%s The version is not in its registry yet.", error)
        return False
    return True


def follow_champion(settings: Settings, trained: ModelManifest) -> None:
    """After a training, update the aliases to the champion pointer, whoever moved it.

    Nothing is done if MLflow did not record that training: it was unavailable, which was logged, and waiting
    again would only cause delay. The next training updates the aliases.
    """
    pointer = ModelStore(settings.paths).champion_pointer()
    if pointer is None or trained.mlflow_run_id is None:
        return
    try:
        ModelRegistry(settings).follow(pointer.version, pointer.previous)
    except TrackingUnavailable as error:
        logger.warning("%s The aliases will be updated after the next training.", error)
