"""The served model: loaded beside the old one, tested, then swapped in by one assignment."""

import logging
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.errors import HousingError, ModelIntegrityError, ModelUnavailable
from storage.model_store import ModelStore
from storage.schema.features import EXAMPLE
from storage.schema.records import ModelManifest

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServedModel:
    """One loaded version. Whoever holds the reference keeps answering from this one version."""

    manifest: ModelManifest
    pipeline: Any

    @property
    def has_preprocessing(self) -> bool:
        """Whether the pipeline brings its fitted preprocessing."""
        return "preprocessing" in getattr(self.pipeline, "named_steps", {})

    def predict(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Predict prices.

        Parameters
        ----------
        inputs
            Shape (n, 8), columns in schema order.

        Returns
        -------
        Shape (n,), in units of 100,000 USD.
        """
        return np.asarray(self.pipeline.predict(inputs), dtype=np.float64)


class ModelHost:
    """Holds the served model of one process and follows the champion pointer."""

    def __init__(self, store: ModelStore) -> None:
        self._store = store
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
            self._model = self._load(version)
        except HousingError as error:
            self._refused_version = version
            logger.error("Model version %s was refused: %s", version, error)
            return False
        self._refused_version = None
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

    def _load(self, version: str) -> ServedModel:
        model = ServedModel(self._store.manifest(version), self._store.load(version))
        try:
            price = model.predict(np.array([list(EXAMPLE.values())]))
        except (ValueError, TypeError, AttributeError) as error:
            raise ModelIntegrityError(f"Its first prediction failed: {error}.") from error
        if price.shape != (1,) or not np.isfinite(price[0]):
            raise ModelIntegrityError("Its first prediction was not one finite number.")
        return model
