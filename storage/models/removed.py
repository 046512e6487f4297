"""Which versions were removed, and which a person has pinned so that they stay: two small files.

The files of a removed version are gone; what it was, and when it went, stays listed.
"""

import logging
from collections.abc import Collection, Iterable

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from storage.paths import RuntimePaths
from storage.process.atomic_files import write_atomically
from storage.schema.manifest import ModelManifest
from storage.schema.records import Record

logger = logging.getLogger(__name__)

MOST_LISTED = 1000
"""Removed versions that are listed; earlier ones are forgotten."""


class RemovedVersion(Record):
    """A version that was removed.

    Attributes
    ----------
    forgotten
        Whether MLflow's artifacts of it are removed too.
    """

    version: str
    model_name: str
    created_at: AwareDatetime
    removed_at: AwareDatetime
    mlflow_run_id: str | None = None
    forgotten: bool = False

    @classmethod
    def of(cls, manifest: ModelManifest, now: AwareDatetime) -> "RemovedVersion":
        """Return the entry of a version that is removed now."""
        return cls(
            version=manifest.version,
            model_name=manifest.model_name,
            created_at=manifest.created_at,
            removed_at=now,
            mlflow_run_id=manifest.mlflow_run_id,
        )


REMOVED: TypeAdapter[tuple[RemovedVersion, ...]] = TypeAdapter(tuple[RemovedVersion, ...])
PINNED: TypeAdapter[frozenset[str]] = TypeAdapter(frozenset[str])


class RemovedVersions:
    """The two files of one runtime folder; whoever writes holds the pointer's lock."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._removed = paths.removed_versions
        self._pinned = paths.pinned_versions
        self._folder = paths.versions

    def all(self) -> tuple[RemovedVersion, ...]:
        """Return the removed versions, the newest first."""
        # A kill between the list and the folder leaves a version that is listed and still there.
        return tuple(one for one in self._listed() if not (self._folder / one.version).exists())

    def find(self, version: str) -> RemovedVersion | None:
        """Return one of them; None if this version was not removed."""
        return next((one for one in self.all() if one.version == version), None)

    def keep(self, entries: Iterable[RemovedVersion]) -> None:
        """Add entries, or replace those of the same versions; atomic and durable."""
        listed = {one.version: one for one in self._listed()}
        listed |= {one.version: one for one in entries}
        newest = sorted(listed.values(), key=lambda one: one.created_at, reverse=True)
        write_atomically(self._removed, REMOVED.dump_json(tuple(newest[:MOST_LISTED]), indent=2))

    def pinned(self) -> frozenset[str]:
        """Return the versions that stay because a person said so.

        Raises
        ------
        ValueError
            If the file cannot be read: nothing must be removed then.
        """
        try:
            return PINNED.validate_json(self._pinned.read_bytes())
        except FileNotFoundError:
            return frozenset()

    def pin(self, versions: Collection[str]) -> None:
        """Let exactly these stay; atomic and durable."""
        write_atomically(self._pinned, PINNED.dump_json(frozenset(versions), indent=2))

    def _listed(self) -> tuple[RemovedVersion, ...]:
        try:
            return REMOVED.validate_json(self._removed.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            logger.warning(
                "%s cannot be read, so removed versions are not listed: %s",
                self._removed.name,
                error,
            )
            return ()
