"""The served model: loaded beside the old one, tested, then swapped in by one assignment."""

import logging
import threading

from backend.metrics import Metrics
from backend.served_model import ServedModel
from storage.errors import HousingError, ModelUnavailable
from storage.model_store import ModelStore

logger = logging.getLogger(__name__)


class ModelHost:
    """Holds the served model of one process and follows the champion pointer."""

    def __init__(self, store: ModelStore, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self._model: ServedModel | None = None
        self._refused_version: str | None = None

    @property
    def refused_version(self) -> str | None:
        """The version that the pointer names and that could not be loaded, if there is one."""
        return self._refused_version

    def current(self) -> ServedModel:
        """Return the served model.

        Raises
        ------
        ModelUnavailable
            While none is loaded.
        """
        model = self._model
        if model is None:
            raise ModelUnavailable(
                "No model is loaded; run `make train`, or look at the log if one was refused."
            )
        return model

    def refresh(self) -> bool:
        """Serve the champion, if it is another version now; return whether the model changed.

        A version that cannot be read, does not match its checksum or fails its first prediction is
        refused, once, in the log; the model served so far stays.
        """
        version = self._pointed_version()
        if version is None or version == self._refused_version or version == self._version():
            return False
        try:
            model = ServedModel.load(self._store, version)
        except HousingError as error:
            self._refused_version = version
            self._metrics.count_load_failure()
            logger.error("Model version %s was refused: %s", version, error)
            return False
        self._model = model
        self._refused_version = None
        self._metrics.set_served_version(model.manifest.created_at)
        logger.info("Now serving model version %s.", version)
        return True

    def watch(self, poll_seconds: float) -> None:
        """Follow the champion pointer in a background thread, for the life of the process."""
        pause = threading.Event()

        def follow() -> None:
            while not pause.wait(poll_seconds):
                self.refresh()

        threading.Thread(target=follow, name="model-watch", daemon=True).start()

    def _version(self) -> str | None:
        return self._model.manifest.version if self._model else None

    def _pointed_version(self) -> str | None:
        try:
            pointer = self._store.champion_pointer()
        except HousingError as error:
            logger.error("The champion pointer was refused: %s", error)
            return None
        return pointer.version if pointer else None
