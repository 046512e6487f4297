"""Trained models on disk: immutable version folders, checksums, and the champion pointer.

versions/<version>/model.pkl, intervals.pkl, reference_profile.npz, holdout.npz, table_profile.json,
                   scaler.pkl, X_train.csv, metrics.json, model_card.md, candidates/..., manifest.json
champion.json           the champion pointer: decides which version serves
champion_history.json   the pointer's moves: decide where a rollback leads
best_model.pkl, best_model_metrics.json, ../data/scaler.pkl, ../data/X_train.csv   follow the pointer
"""

import hashlib
import logging
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from storage.domain.inputs import FEATURE_NAMES
from storage.errors import (
    HousingError,
    ModelIntegrityError,
    ModelUnavailable,
    RecordNotFound,
)
from storage.models.loading import loading
from storage.models.pickles import unpickled
from storage.models.pointer import PointerFile
from storage.models.remarks import VersionRemarks
from storage.models.removed import RemovedVersions
from storage.models.way_back import WayBack
from storage.paths import RuntimePaths
from storage.process.atomic_files import READ_ONLY, flush_folder, write_atomically
from storage.process.lock import in_turn
from storage.schema.manifest import ChampionPointer, ModelManifest, PointerMove

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
MODEL = "model.pkl"
SCALER = "scaler.pkl"
TRAINING_INPUTS = "X_train.csv"
METRICS = "metrics.json"
INTERVALS = "intervals.pkl"
REFERENCE_PROFILE = "reference_profile.npz"
HOLDOUT = "holdout.npz"
MODEL_CARD = "model_card.md"
TABLE_PROFILE = "table_profile.json"
DRAFT = ".draft"
"""Ends the name of a folder that is being written; it begins with a dot, which no version's does."""
VERSION_PATTERN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")


class ModelStore:
    """The versions below one runtime folder."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._paths = paths
        self._pointer = PointerFile(paths)
        self.removed = RemovedVersions(paths)
        """What was removed, and what is pinned."""
        self.remarks = VersionRemarks(paths)
        """Notes and tags of versions."""

    def publish(self, manifest: ModelManifest, files: Mapping[str, bytes]) -> ModelManifest:
        """Write a new version folder, which becomes visible as a whole; the manifest is written last.

        Parameters
        ----------
        manifest
            What the folder contains; its checksums are filled in here.
        files
            Contents by name relative to the folder.

        Raises
        ------
        FileExistsError
            If the version exists: a version never changes.
        """
        folder = self.folder(manifest.version)
        if folder.exists():
            raise FileExistsError(
                f"Version {manifest.version} already exists and cannot be changed."
            )
        draft = folder.with_name(f".{manifest.version}{DRAFT}")
        shutil.rmtree(draft, ignore_errors=True)
        checksums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        complete = manifest.model_copy(update={"checksums": checksums})
        try:
            for name, content in files.items():
                write_atomically(draft / name, content, mode=READ_ONLY)
            write_atomically(
                draft / MANIFEST, complete.model_dump_json(indent=2).encode(), mode=READ_ONLY
            )
            draft.rename(folder)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)  # on a full disk others need the space
            raise
        flush_folder(folder.parent)
        return complete

    def set_champion(self, version: str, moved_by: PointerMove | None = None) -> ChampionPointer:
        """Point at ``version``, whichever serves now; see ``change_champion``."""
        return self.change_champion(lambda _, __: version, moved_by)

    def change_champion(
        self,
        choose: Callable[[ChampionPointer | None, WayBack], str],
        moved_by: PointerMove | None = None,
    ) -> ChampionPointer:
        """Point at the version that ``choose`` returns; the files with fixed names follow.

        If two processes move the pointer at once, the second sees what the first wrote.

        Parameters
        ----------
        choose
            Receives the current pointer and the way back from it; None if there is none or it is unreadable
            (it is then replaced). If it raises, the pointer is unchanged.
        moved_by
            Stored in the pointer.

        Raises
        ------
        RecordNotFound
            If there is no such version.
        ModelIntegrityError
            If a file of the version does not match its checksum, or the service could not serve it.
        PointerUnavailable
            If the pointer could not be written. After any error it is unchanged.
        """
        with self._pointer.alone():
            version = choose(self._pointer.readable(), self._pointer.way_back())
            self.verify(version)
            pointer = self._pointer.move(version, moved_by)
            self._follow(version)
            return pointer

    @contextmanager
    def pointer_stays(self) -> Iterator[None]:
        """Keep other processes from moving the pointer, for a change that depends on it.

        Raises
        ------
        PointerUnavailable
            If the lock cannot be taken.
        """
        with self._pointer.alone():
            yield

    def champion_pointer(self) -> ChampionPointer | None:
        """Return the pointer; None if nothing has been promoted yet.

        Raises
        ------
        ModelIntegrityError
            If it cannot be read.
        """
        return self._pointer.read()

    def way_back(self) -> WayBack:
        """Return where a rollback leads; of a pointer that cannot be read, where it led before."""
        return self._pointer.way_back()

    def champion(self) -> ModelManifest:
        """Return the manifest of the version that serves.

        Raises
        ------
        ModelUnavailable
            If nothing has been promoted yet.
        """
        pointer = self.champion_pointer()
        if pointer is None:
            raise ModelUnavailable("No model has been trained yet; run `make train`.")
        return self.manifest(pointer.version)

    def manifest(self, version: str) -> ModelManifest:
        """Return a version's manifest.

        Raises
        ------
        RecordNotFound
            If there is no such version.
        ModelIntegrityError
            If its manifest cannot be read.
        """
        path = self.folder(version) / MANIFEST
        try:
            return ModelManifest.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise RecordNotFound(self._missing(version)) from error
        except (OSError, ValidationError) as error:
            raise ModelIntegrityError(f"{MANIFEST} of version {version} cannot be read.") from error

    def servable_manifest(self, version: str) -> ModelManifest:
        """Return a version's manifest, if the service can serve the version.

        Raises
        ------
        RecordNotFound
            If there is no such version.
        ModelIntegrityError
            If its manifest cannot be read, is another version's, or names other inputs than ours.
        """
        manifest = self.manifest(version)
        if manifest.version != version:
            raise ModelIntegrityError(f"Its manifest belongs to version {manifest.version}.")
        if manifest.feature_names != FEATURE_NAMES:
            raise ModelIntegrityError(
                f"It was trained on other inputs: {', '.join(manifest.feature_names)}."
            )
        return manifest

    def versions(self) -> list[ModelManifest]:
        """Return the readable, complete versions, newest first."""
        return self.inventory()[0]

    def inventory(self) -> tuple[list[ModelManifest], list[str]]:
        """Return the complete versions, newest first, and the folders whose manifest is damaged."""
        manifests: list[ModelManifest] = []
        unreadable: list[str] = []
        for path in sorted(self._paths.versions.glob(f"[!.]*/{MANIFEST}")):
            try:
                manifests.append(self.manifest(path.parent.name))
            except ModelIntegrityError:
                unreadable.append(path.parent.name)
            except RecordNotFound:
                continue  # removed meanwhile
        manifests.sort(key=lambda manifest: manifest.created_at, reverse=True)
        return manifests, unreadable

    def read(self, version: str, name: str) -> bytes:
        """Return one file of a version, checked against the manifest.

        Raises
        ------
        ModelIntegrityError
            If it is missing or its SHA-256 differs.
        """
        expected = self.manifest(version).checksums.get(name)
        path = self.folder(version) / name
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise ModelIntegrityError(f"{name} of version {version} is missing.") from error
        if hashlib.sha256(content).hexdigest() != expected:
            raise ModelIntegrityError(
                f"{name} of version {version} does not match the checksum in its manifest and was not loaded."
            )
        return content

    def load(self, version: str, name: str = MODEL) -> Any:
        """Unpickle one file of a version: exactly the bytes whose checksum matched."""
        content = self.read(version, name)
        with loading(version):
            return unpickled(content)

    def verify(self, version: str) -> None:
        """Check a version's manifest and every file against it; see ``servable_manifest``, ``read``."""
        for name in self.servable_manifest(version).checksums:
            self.read(version, name)

    def fingerprint(self, version: str) -> tuple[tuple[str, int, int], ...]:
        """Return a fingerprint of the version's files: names, sizes and modification times."""
        try:
            files = [(path.name, path.stat()) for path in self.folder(version).iterdir()]
        except (HousingError, OSError):
            return ()
        return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in files))

    @contextmanager
    def loading_turn(self) -> Iterator[None]:
        """Wait until no other process loads a version while answering, then make others wait."""
        with in_turn(self._paths.loading_lock):
            yield

    def folder(self, version: str) -> Path:
        """Return the folder of a version; refuse a name that would lead out of the store."""
        if not VERSION_PATTERN.fullmatch(version):
            raise RecordNotFound("There is no model version with this name.")
        return self._paths.versions / version

    def _missing(self, version: str) -> str:
        removed = self.removed.find(version)
        if removed is None:
            return f"There is no model version {version}."
        return (
            f"Version {version} was removed on {removed.removed_at:%Y-%m-%d}, because enough newer ones are "
            "kept (HOUSING_VERSIONS_KEPT)."
        )

    def _follow(self, version: str) -> None:
        try:
            self._copy_to_fixed_names(version)
        except OSError as error:
            # The version already serves, from its own folder.
            logger.error(
                "The files with fixed names could not be updated to %s: %s", version, error
            )

    def _copy_to_fixed_names(self, version: str) -> None:
        targets = {
            MODEL: self._paths.best_model,
            METRICS: self._paths.best_model_metrics,
            SCALER: self._paths.scaler,
            TRAINING_INPUTS: self._paths.training_inputs,
        }
        kept = self.manifest(version).checksums
        for name in targets.keys() & kept.keys():
            write_atomically(targets[name], self.read(version, name), mode=READ_ONLY)
