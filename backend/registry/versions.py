"""The list of trained versions, and the details of one."""

import logging
from collections.abc import Iterable, Mapping

from backend.contract.models.registry import ModelsResponse, ModelVersion, RemovedModelVersion
from backend.contract.models.version import VersionResponse
from backend.contract.performance import RealizedError
from backend.registry.gate_history import GateHistory
from backend.registry.lineage import lineage_of
from backend.registry.version_reports import VersionReports
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import ModelIntegrityError, RecordNotFound, StateConflict
from storage.models.libraries import libraries_note
from storage.models.remarks import Remarks
from storage.models.removed import RemovedVersion
from storage.models.sameness import sameness
from storage.models.store import MODEL, REFERENCE_PROFILE, ModelStore
from storage.models.way_back import WayBack
from storage.retraining.queue import RetrainQueue
from storage.schema.manifest import ChampionPointer, ModelManifest
from training.dataset.embedded import provenance_of
from training.models.intervals import COVERAGE
from training.models.reference_profile import ReferenceProfile

logger = logging.getLogger(__name__)


OFF_THE_GRID = (
    "Trained by a release before 0.3.0: the places it knows are not rounded to 0.0001 degrees, as those it "
    "is asked about are, so answers beside them differ a little from those it was measured with. Train again."
)


class Versions:
    """The versions of one store, with their metrics and gate verdicts."""

    def __init__(
        self,
        store: ModelStore,
        reports: VersionReports,
        gates: GateHistory,
        queue: RetrainQueue,
    ) -> None:
        self._store = store
        self._queue = queue
        self._reports = reports
        self._gates = gates

    def all(self) -> ModelsResponse:
        """Return every version, newest first, and the champion."""
        pointer, way = self._pointer(), self._store.way_back()
        readable, unreadable = self._store.inventory()
        champion, remarks = self._champion(pointer), self._store.remarks.all()
        return ModelsResponse(
            versions=[self._listed(each, champion, way, remarks) for each in readable],
            champion=pointer.version if pointer else None,
            previous=way.next if pointer else None,
            changed_at=pointer.changed_at if pointer else None,
            moved_by=pointer.moved_by if pointer else None,
            unreadable=unreadable,
            removed=[_removed(each) for each in self._store.removed.all()],
        )

    def one(self, version: str, mlflow_url: str | None) -> VersionResponse:
        """Return everything about one version; raises what ``VersionReports`` does."""
        # First, because it rejects unknown and damaged versions.
        slices = self._reports.slices(version)
        manifest = self._store.manifest(version)
        verdict = self._gates.verdict(version, manifest.trigger_id)
        return VersionResponse(
            version=self._listed(
                manifest,
                self._champion(self._pointer()),
                self._store.way_back(),
                self._store.remarks.all(),
            ),
            feature_names=list(manifest.feature_names),
            files=manifest.checksums,
            error=self._reports.error(version),
            expected_coverage=COVERAGE,
            slices=slices,
            gate=None if isinstance(verdict, str) else verdict,
            gate_reason=verdict if isinstance(verdict, str) else None,
            checks=manifest.checks,
            importances=self._importances(version),
            size_bytes=_size(self._store.fingerprint(version)),
            latency_microseconds=_latency(manifest),
            lineage=lineage_of(manifest, self._queue),
            mlflow_url=mlflow_url,
        )

    def _pointer(self) -> ChampionPointer | None:
        try:
            return self._store.champion_pointer()
        except ModelIntegrityError as error:
            logger.error("The list of models has no champion: %s", error)
            return None

    def _champion(self, pointer: ChampionPointer | None) -> ModelManifest | None:
        if pointer is None:
            return None
        try:
            return self._store.manifest(pointer.version)
        except (ModelIntegrityError, RecordNotFound):
            return None  # the list says which are damaged

    def _listed(
        self,
        manifest: ModelManifest,
        champion: ModelManifest | None,
        way: WayBack,
        remarks: Mapping[str, Remarks],
    ) -> ModelVersion:
        kept = manifest.model_dump(include=set(ModelVersion.model_fields))
        kept["doubts"] = [*manifest.doubts, *([OFF_THE_GRID] if _is_off_the_grid(manifest) else [])]
        error = self._error(manifest.version)
        is_champion = champion is not None and manifest.version == champion.version
        same = sameness(manifest, champion) if champion is not None and not is_champion else None
        return ModelVersion(
            **kept,
            trained_at=manifest.trained_at,
            is_champion=is_champion,
            is_previous=champion is not None and manifest.version == way.next,
            is_rolled_back=manifest.version in way.rolled_back,
            has_served=manifest.version in way.served,
            same_as_champion=same,
            **remarks.get(manifest.version, Remarks()).model_dump(),
            libraries_note=libraries_note(manifest),
            intervals_note=_intervals_note(manifest),
            holdout_rmse=error.rmse,
            holdout_reason=error.reason,
        )

    def _importances(self, version: str) -> dict[str, float]:
        try:
            profile = ReferenceProfile.from_bytes(self._store.read(version, REFERENCE_PROFILE))
        except ModelIntegrityError as error:
            logger.warning("What the inputs of %s weigh is not known: %s", version, error)
            return {}
        return dict(zip(FEATURE_NAMES, profile.importances.tolist(), strict=True))

    def _error(self, version: str) -> RealizedError:
        """Return a version's error, or what is damaged in its holdout."""
        try:
            return self._reports.error(version)
        except (StateConflict, RecordNotFound) as damage:
            return RealizedError.unknown(str(damage), 0)


def _size(files: Iterable[tuple[str, int, int]]) -> int:
    return next((size for name, size, _ in files if name == MODEL), 0)


def _latency(manifest: ModelManifest) -> float | None:
    figures = (one.figures for one in manifest.checks if one.name == "latency")
    return next((found.get("microseconds") for found in figures), None)


def _is_off_the_grid(manifest: ModelManifest) -> bool:
    # Releases before 0.3.0 named no table; the places of the embedded one have two decimals anyway.
    return manifest.table is None and provenance_of(manifest.dataset_sha256) is None


def _intervals_note(manifest: ModelManifest) -> str | None:
    return manifest.recalibration.sentence() if manifest.recalibration is not None else None


def _removed(entry: RemovedVersion) -> RemovedModelVersion:
    kept = set(RemovedModelVersion.model_fields)
    return RemovedModelVersion(**entry.model_dump(include=kept))
