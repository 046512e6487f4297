"""Shadow: the newest challenger also answers a share of the live requests; its answers are only stored.

Not on the request path: when idle, the worker reads the logged predictions in the order in which they were
stored, lets the challenger answer those selected by a hash of their id, and sends each answer through the
spool into a separate table. It stores its position after each batch; a batch answered twice because of a kill
is stored once, because prediction ids are unique in that table.
"""

import logging
import zlib
from contextlib import closing
from datetime import datetime

import numpy as np

from storage.database.connection import Database
from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.sameness import sameness
from storage.models.store import ModelStore
from storage.models.watch_record import ShadowPosition
from storage.predictions.batch import PredictionBatch, newest_row_id, read_predictions_after
from storage.process.progress import keep_progress, read_progress
from storage.schema.manifest import ModelManifest
from storage.schema.records import ShadowRecord
from storage.schema.source import CUSTOMERS
from storage.settings import Settings
from storage.spool.spool import Spool
from training.promotion.loaded_version import LoadedVersion, NotLoadable

logger = logging.getLogger(__name__)

HASHES = 2**32


class Shadow:
    """The shadow answers of one runtime folder."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        self._settings = settings
        self._spool = spool
        self._path = settings.paths.shadow_position
        self._store = ModelStore(settings.paths)
        self._loaded: LoadedVersion | None = None
        self._refused: tuple[object, ...] | None = None

    def run_once(self, now: datetime) -> int:
        """Process one batch of logged predictions; return the number of shadow answers.

        The first batch begins with the next prediction that is logged, also after a time without a
        challenger or with a share of zero.

        Raises
        ------
        DatabaseUnavailable, SpoolUnavailable, ProgressUnavailable
            If predictions cannot be read, or answers or position cannot be stored; no prediction is skipped.
        """
        position = read_progress(self._path, ShadowPosition) or ShadowPosition()
        challenger = self._challenger() if self._settings.shadow.share > 0 else None
        if challenger is None:
            self._move(position, None)
            return 0
        with closing(Database(self._settings.database_address)) as database:
            if position.row_id is None:
                self._move(position, newest_row_id(database) or 0)
                return 0
            most_rows = self._settings.shadow.batch_rows
            batch = read_predictions_after(database, position.row_id, most_rows)
            if not len(batch):
                self._begin_anew_if_emptied(position, newest_row_id(database))
                return 0
        answers = self._answers(challenger, batch)
        self._spool.append(answers)
        self._move(position, batch.row_ids[-1], len(answers))
        return len(answers)

    def _move(self, position: ShadowPosition, row_id: int | None, answered: int = 0) -> None:
        moved = ShadowPosition(row_id=row_id, answered=position.answered + answered)
        if moved != position:
            keep_progress(self._path, moved)

    def _begin_anew_if_emptied(self, position: ShadowPosition, newest: int | None) -> None:
        # If the database file was deleted, row ids start from one again.
        if newest is not None and position.row_id is not None and newest < position.row_id:
            self._move(position, 0)

    def _answers(self, challenger: LoadedVersion, batch: PredictionBatch) -> list[ShadowRecord]:
        chosen = [at for at in range(len(batch)) if self._asks(challenger, batch, at)]
        if not chosen:
            return []
        answered = challenger.predictor.answer(np.ascontiguousarray(batch.inputs[chosen]))[:, :3]
        finite = [bool(np.isfinite(answer).all()) for answer in answered]
        if not all(finite):
            left_out = finite.count(False)
            logger.warning(
                "%d shadow answers of version %s are not finite numbers and are left out.",
                left_out,
                challenger.version,
            )
        pairs = zip(chosen, answered.tolist(), strict=True)
        return [
            _record(challenger.version, batch, at, answer)
            for (at, answer), is_finite in zip(pairs, finite, strict=True)
            if is_finite
        ]

    def _asks(self, challenger: LoadedVersion, batch: PredictionBatch, at: int) -> bool:
        own = batch.versions[at] == challenger.version
        asked = batch.sources[at] in CUSTOMERS
        return (
            asked and not own and is_chosen(batch.prediction_ids[at], self._settings.shadow.share)
        )

    def _challenger(self) -> LoadedVersion | None:
        """Return the newest challenger, loaded; None if there is none or it cannot be loaded."""
        manifest = newest_challenger(self._store)
        if manifest is None:
            self._loaded = None
        elif self._loaded is None or self._loaded.version != manifest.version:
            self._loaded = self._load(manifest.version)
        return self._loaded

    def _load(self, version: str) -> LoadedVersion | None:
        state = (version, self._store.fingerprint(version))
        if state == self._refused:
            return None
        try:
            challenger = LoadedVersion.load_safely(self._store, version)
        except NotLoadable as problem:
            logger.warning("No challenger runs in the shadow: %s.", problem)
            self._refused = state
            return None
        logger.info("Version %s now runs in the shadow.", version)
        return challenger


def newest_challenger(store: ModelStore) -> ModelManifest | None:
    """Return the newest version that is newer than the champion, never served and is not identical to it.

    None if there is none, or no champion.
    """
    try:
        pointer = store.champion_pointer()
        champion = store.manifest(pointer.version) if pointer is not None else None
    except (ModelIntegrityError, RecordNotFound):
        return None  # the service reports it and keeps its version
    if pointer is None or champion is None:
        return None
    promoted = store.way_back().served
    for manifest in store.versions():
        is_newer = manifest.created_at > champion.created_at and manifest.version not in promoted
        if is_newer and sameness(manifest, champion) != "identical":
            return manifest
    return None


def is_chosen(prediction_id: str, share: float) -> bool:
    """Return whether a prediction belongs to a share, 0 to 1; always the same for the same id.

    h(id) / 2^32 < share, with CRC-32 as h. Ids chosen for a share are chosen for every larger one.

    Examples
    --------
    >>> ids = [f"{number:032x}" for number in range(10_000)]
    >>> [round(sum(is_chosen(one, share) for one in ids) / 10_000, 2) for share in (0.0, 0.25, 1.0)]
    [0.0, 0.25, 1.0]
    """
    return zlib.crc32(prediction_id.encode()) < share * HASHES


def _record(version: str, batch: PredictionBatch, at: int, answer: list[float]) -> ShadowRecord:
    prediction, lower, upper = answer
    return ShadowRecord(
        timestamp=batch.times[at],
        prediction_id=batch.prediction_ids[at],
        model_version=version,
        prediction=prediction,
        interval_lower=lower,
        interval_upper=upper,
        difference=prediction - float(batch.predicted[at]),
    )
