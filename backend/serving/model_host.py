"""The served model: loaded alongside the old one, tested, then swapped in by one assignment."""

import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass

from backend.metrics.metrics import Metrics
from backend.serving.served_model import ServedModel
from backend.serving.short_turns import short_turns
from storage.errors import HousingError, ModelIntegrityError, ModelUnavailable
from storage.models.libraries import libraries_note
from storage.models.store import ModelStore

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusal:
    """Why the champion is not served; ``version`` is None when the pointer itself cannot be used."""

    version: str | None
    reason: str

    @property
    def subject(self) -> str:
        """What was refused, as the beginning of a sentence."""
        return f"Version {self.version}" if self.version else "The champion pointer"


class ModelHost:
    """Holds the served model of one process and follows the champion pointer.

    Each request uses one reference to the model, so that an answer comes from a single version. The old model
    stays in memory until its last answer is sent.
    """

    def __init__(self, store: ModelStore, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self._model: ServedModel | None = None
        self._refusal: Refusal | None = None
        self._refused_files: object = None
        self._refreshing = threading.Lock()

    @property
    def refusal(self) -> Refusal | None:
        """Why the champion is not served; None if it is."""
        return self._refusal

    @property
    def refused_version(self) -> str | None:
        """The champion version that could not be loaded, if any."""
        return self._refusal.version if self._refusal else None

    @property
    def loaded(self) -> ServedModel | None:
        """The served model, if there is one."""
        return self._model

    def current(self) -> ServedModel:
        """Return the served model.

        Raises
        ------
        ModelUnavailable
            While none is loaded.
        """
        model = self._model
        if model is None:
            raise ModelUnavailable(self._why_none())
        return model

    def refresh(self) -> bool:
        """Load the champion if it has changed; return whether the served model changed.

        A version is refused if it cannot be read, has other inputs, does not match its checksums or fails
        its first prediction. The refusal is logged and counted once, and the current model keeps serving; if
        none is loaded yet, the newest version that served before and loads.
        The version is tried again when its files or the pointer change.
        """
        with self._refreshing:
            try:
                version = self._pointed_version()
            except (HousingError, OSError) as error:
                return self._refuse(Refusal(None, str(error)))
            if version == self._version():
                self._refusal = None
                return False
            return version is not None and self._serve(version)

    def prove(self, version: str) -> None:
        """Load a version beside the served one and let it answer, before anything points at it.

        Raises
        ------
        RecordNotFound
            If there is no such version.
        ModelIntegrityError
            If it could not be served.
        """
        try:
            self._load(version)
        except OSError as error:
            raise ModelIntegrityError(f"Version {version} cannot be read: {error}.") from error

    def watch(self, poll_seconds: float) -> None:
        """Follow the champion pointer in a background thread, for the life of the process."""
        pause = threading.Event()

        def follow() -> None:
            while not pause.wait(poll_seconds):
                self.refresh()

        threading.Thread(target=follow, name="model-watch", daemon=True).start()

    def _why_none(self) -> str:
        if refusal := self._refusal:
            return f"No model is loaded. {refusal.subject} was refused: {refusal.reason}"
        return "No model is loaded; run `make train`."

    def _version(self) -> str | None:
        return self._model.manifest.version if self._model else None

    def _pointed_version(self) -> str | None:
        pointer = self._store.champion_pointer()
        if pointer is None and self._model is not None:
            raise ModelIntegrityError("It is missing; promote a version again to restore it.")
        return pointer.version if pointer else None

    def _serve(self, version: str) -> bool:
        files = self._store.fingerprint(version)
        if self.refused_version == version and files == self._refused_files:
            return False
        try:
            model = self._load(version)
        except Exception as error:  # noqa: BLE001  unpickling what is foreign can raise anything
            self._refused_files = files
            return self._refuse(Refusal(version, _reason(error)))
        self._refusal = None
        self._swap(model)
        return True

    def _serve_earlier(self, refused: str | None) -> bool:
        """Serve the newest version that served before and loads; the champion stays refused."""
        way = self._store.way_back()
        for version in (way.champion, *way.earlier):
            if version is None or version == refused:
                continue
            try:
                model = self._load(version)
            except Exception as error:  # noqa: BLE001  unpickling what is foreign can raise anything
                logger.error("Version %s cannot serve in its place: %s", version, _reason(error))
            else:
                self._swap(model)
                return True
        return False

    def _swap(self, model: ServedModel) -> None:
        version = model.manifest.version
        self._model = model
        self._metrics.set_compiled_predictor(model.is_compiled)
        self._metrics.set_served_version(version, model.manifest.trained_at)
        logger.info("Now serving model version %s.", version)
        if (note := libraries_note(model.manifest)) is not None:
            logger.warning("%s", note)

    def _load(self, version: str) -> ServedModel:
        self._store.servable_manifest(version)
        with ExitStack() as stack:
            if self._model is not None:
                # While answering: one worker at a time, and in short turns.
                stack.enter_context(self._store.loading_turn())
                stack.enter_context(short_turns())
            return ServedModel.load(self._store, version)

    def _refuse(self, refusal: Refusal) -> bool:
        if refusal == self._refusal:
            return False
        self._refusal = refusal
        self._metrics.count_load_failure()
        logger.error("%s was refused: %s", refusal.subject, refusal.reason)
        return self._model is None and self._serve_earlier(refusal.version)


def _reason(error: Exception) -> str:
    if isinstance(error, HousingError):
        return str(error)
    return f"It cannot be loaded ({type(error).__name__}: {error})."
