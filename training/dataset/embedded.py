"""The table that comes with the repository, verified against its checksum whenever it is read."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from storage.domain.definition_file import EMBEDDED
from storage.domain.table import IS_EMBEDDED
from storage.errors import InvalidDataset
from storage.schema.arrays import FloatArray
from training.dataset.table import COLUMN_NAMES, HousingTable

PROVENANCE = "provenance.json"


class Provenance(BaseModel):
    """The table's provenance record: the fields that the loader and the model card use."""

    file: str
    sha256: str
    values_sha256: str
    rows: int
    columns: dict[str, str]
    origin: str
    license: str


def load_embedded(folder: Path = EMBEDDED) -> HousingTable:
    """Read the embedded table.

    Raises
    ------
    InvalidDataset
        If the table or its provenance is missing or changed, or the two disagree.
    """
    provenance = _read_provenance(folder / PROVENANCE)
    path = folder / provenance.file
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != provenance.sha256:
        raise InvalidDataset(
            f"{path} does not match the SHA-256 in {PROVENANCE} and was not used; "
            "restore it from the repository."
        )
    values = _parse(content, path)
    if len(values) != provenance.rows:
        raise InvalidDataset(
            f"{path} has {len(values)} rows where {PROVENANCE} says {provenance.rows}."
        )
    return HousingTable(values, str(path), "embedded")


def provenance_of(values_sha256: str) -> Provenance | None:
    """Return the provenance of a table with the embedded table's values, otherwise None."""
    if not IS_EMBEDDED:
        return None
    provenance = _read_provenance(EMBEDDED / PROVENANCE)
    return provenance if provenance.values_sha256 == values_sha256 else None


def _read_provenance(path: Path) -> Provenance:
    try:
        return Provenance.model_validate_json(_read(path))
    except ValidationError as error:
        raise InvalidDataset(
            f"{path} cannot be read as a provenance record; restore it from the repository."
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidDataset(f"{path} cannot be read ({error.strerror}).") from error


def _parse(content: bytes, path: Path) -> FloatArray:
    try:
        table = pq.read_table(io.BytesIO(content), columns=list(COLUMN_NAMES))
        columns = [table.column(name).to_numpy() for name in COLUMN_NAMES]
    except (pa.ArrowException, KeyError) as error:
        raise InvalidDataset(f"{path} is not the expected nine-column table.") from error
    return np.column_stack(columns).astype(np.float64)
