"""Notes and tags that people gave to versions: a small file beside the pointer, as versions never change."""

import logging
from collections.abc import Collection, Mapping

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from storage.errors import ServiceUnavailable, StateConflict
from storage.paths import RuntimePaths
from storage.process.atomic_files import write_atomically
from storage.process.lock import exclusive
from storage.schema.records import Record, utc_now

logger = logging.getLogger(__name__)

MOST_NOTES, MOST_TAGS = 100, 20
"""Of one version; of more notes the oldest are forgotten, and stay in the audit log."""


class VersionNote(Record):
    """What a person wrote of a version, and when."""

    at: AwareDatetime = Field(default_factory=utc_now, description="When it was written.")
    person: str = Field(description="Who wrote it.")
    note: str = Field(description="What others should know.")


class Remarks(Record):
    """The tags of a version in alphabetical order, and its notes, the newest first."""

    tags: tuple[str, ...] = ()
    notes: tuple[VersionNote, ...] = ()


KEPT: TypeAdapter[dict[str, Remarks]] = TypeAdapter(dict[str, Remarks])


class VersionRemarks:
    """The remarks of one runtime folder, by version; they stay when a version's files are removed."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._path = paths.version_remarks
        self._lock = paths.version_remarks_lock

    def all(self) -> Mapping[str, Remarks]:
        """Return the remarks; none, with a line in the log, if the file cannot be read."""
        try:
            return self._read()
        except (OSError, ValidationError) as error:
            logger.warning("%s cannot be read, so no version has remarks: %s", self._path, error)
            return {}

    def change(
        self,
        version: str,
        note: VersionNote | None = None,
        add: Collection[str] = (),
        remove: Collection[str] = (),
    ) -> Remarks:
        """Add a note, add and remove tags; return what the version has now. Atomic, and durable.

        Raises
        ------
        StateConflict
            If it would have too many tags, or the file is damaged; nothing changes.
        ServiceUnavailable
            If the file cannot be read or written (disk full, no permission); nothing changes.
        """
        try:
            with exclusive(self._lock):
                kept = self._read()
                changed = _changed(kept.get(version, Remarks()), note, add, remove)
                write_atomically(self._path, KEPT.dump_json(kept | {version: changed}, indent=2))
        except ValidationError as error:
            raise StateConflict(
                f"{self._path.name} is damaged; move it away, then try again."
            ) from error
        except OSError as error:
            raise ServiceUnavailable(
                f"{self._path.name} cannot be written ({error.strerror}); free some disk space or fix its "
                "permissions, then try again."
            ) from error
        return changed

    def _read(self) -> dict[str, Remarks]:
        try:
            return KEPT.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}


def _changed(
    before: Remarks, note: VersionNote | None, add: Collection[str], remove: Collection[str]
) -> Remarks:
    tags = tuple(sorted({*before.tags, *add} - {*remove}))
    if len(tags) > MOST_TAGS:
        raise StateConflict(f"A version has {MOST_TAGS} tags at most; remove others first.")
    notes = before.notes if note is None else (note, *before.notes)
    return Remarks(tags=tags, notes=notes[:MOST_NOTES])
