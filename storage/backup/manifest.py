"""What a backup consists of: its manifest, written last, and where each part lies in its folder.

manifest.json      what is in it, with the SHA-256 of every other file
runtime/...        the files, as in a runtime folder
database.dump      the log database, if it is PostgreSQL
"""

import json
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from storage.audit.chain import ChainEnd
from storage.errors import BackupUnavailable
from storage.paths import RuntimePaths
from storage.schema.records import Record

FORMAT = 1
MANIFEST, RUNTIME, DUMP = "manifest.json", "runtime", "database.dump"


class FileEntry(Record):
    """One file: its size in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


class BackupManifest(Record):
    """What a backup contains, and of which moment.

    ``created_at`` is the moment whose records it has: what was answered before is in it. ``rows`` are those
    of each table, ``waiting_records`` those in its spool; ``audit`` is the end of the chain, or of its valid
    part if there is an ``audit_problem``; ``files`` are by path in its folder.
    """

    format: int = FORMAT
    service_version: str
    created_at: AwareDatetime
    host: str
    dialect: str
    rows: dict[str, int]
    waiting_records: int
    newest_record_at: AwareDatetime | None
    audit: ChainEnd
    audit_problem: str | None
    champion: str | None
    files: dict[str, FileEntry]

    @property
    def total_bytes(self) -> int:
        """The size of all files."""
        return sum(entry.size for entry in self.files.values())

    @property
    def has_keys(self) -> bool:
        """Whether the keys are in it."""
        return f"{RUNTIME}/{RuntimePaths(Path()).keys}" in self.files


def read_manifest(folder: Path) -> BackupManifest:
    """Return the manifest of a backup.

    Raises
    ------
    BackupUnavailable
        If the folder is no backup, or one that this release cannot read.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        found = json.loads(content).get("format")
    except FileNotFoundError:
        raise BackupUnavailable(
            f"{folder} is not a backup: it has no {MANIFEST}, which is written last."
        ) from None
    except (OSError, ValueError, AttributeError) as error:
        raise BackupUnavailable(f"{path} cannot be read ({error}).") from error
    if found != FORMAT:
        raise BackupUnavailable(
            f"{folder} has format {found}, and this release reads {FORMAT}; restore it with the release "
            "that made it, or a newer one."
        )
    try:
        return BackupManifest.model_validate_json(content)
    except ValidationError as error:
        raise BackupUnavailable(
            f"{path} is damaged ({error.error_count()} problems); use another backup."
        ) from error
