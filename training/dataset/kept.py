"""Keeping the table that a version learns from, and finding the one that the champion learned from."""

import io
import logging

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import InvalidDataset, ModelIntegrityError, RecordNotFound
from storage.models.store import ModelStore
from storage.models.tables import KeptTables
from storage.paths import RuntimePaths
from storage.schema.arrays import FloatArray
from storage.schema.manifest import LearnedTable, ModelManifest
from training.dataset.embedded import load_embedded, provenance_of
from training.dataset.row_times import RowTimes
from training.dataset.table import COLUMN_NAMES, HousingTable

logger = logging.getLogger(__name__)

DATES, NUMBERS = "time in seconds since 1970", "time as a number"
"""Columns of a copy beside the inputs and the target; with blanks, as no name of theirs has any."""
WHAT_TO_DO = (
    "Restore it from a backup, or train once on the table of your choice: `python -m training --csv FILE` or "
    "`--source embedded`."
)


def keep_table(paths: RuntimePaths, table: HousingTable) -> None:
    """Keep a copy, every number exactly, from which any version of the same rows can be trained again.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    KeptTables(paths).keep(table.sha256, _as_parquet(table))


def champion_table(paths: RuntimePaths) -> HousingTable | None:
    """Return the table that the champion learned from; None if there never was a champion.

    If its manifest cannot be read, that of the newest other version counts: the log says so.

    Raises
    ------
    InvalidDataset
        If the table is gone, its rows are not those that were learned, or no version can be read.
    """
    store = ModelStore(paths)
    way = store.way_back()
    if way.champion is None:
        return None
    named = (way.champion, *way.earlier, *(one.version for one in store.versions()))
    for version in named:
        try:
            manifest = store.manifest(version)
        except (ModelIntegrityError, RecordNotFound) as error:
            logger.warning("It does not say which table it learned from: %s", error)
            continue
        if version != way.champion:
            logger.warning("The table is that of version %s.", version)
        return table_of(paths, manifest)
    raise InvalidDataset(
        f"No version can be read that says which table champion {way.champion} learned from. {WHAT_TO_DO}"
    )


def table_of(paths: RuntimePaths, manifest: ModelManifest) -> HousingTable:
    """Return the table that a version learned from: the embedded one if it has these rows, else the copy.

    Raises
    ------
    InvalidDataset
        If it is gone, or its rows are not those that were learned; the message says what to do.
    """
    if provenance_of(manifest.dataset_sha256) is not None:
        return load_embedded()
    learned = manifest.table
    path = KeptTables(paths).path(manifest.dataset_sha256)
    try:
        values, times = _content(path.read_bytes())
    except FileNotFoundError as error:
        raise InvalidDataset(f"{_subject(manifest)} is not kept ({path}). {WHAT_TO_DO}") from error
    except (OSError, pa.ArrowException, KeyError) as error:
        raise InvalidDataset(
            f"{_subject(manifest)} cannot be read from {path} ({error}). {WHAT_TO_DO}"
        ) from error
    table = HousingTable(
        values,
        learned.name if learned is not None else path.name,
        learned.source if learned is not None else "file",
        times,
    )
    if table.sha256 != manifest.dataset_sha256:
        raise InvalidDataset(
            f"{_subject(manifest)} is not what {path} holds: its rows have the checksum {table.sha256[:12]}, "
            f"so it was not used. {WHAT_TO_DO}"
        )
    return table


def in_words(learned: LearnedTable, sha256: str) -> str:
    """Return a table in a few words.

    Examples
    --------
    >>> in_words(LearnedTable(source="file", name="mine.csv", rows=3000), "0123456789abcdef")
    'mine.csv, 3,000 rows, SHA-256 0123456789ab'
    """
    return f"{learned.name}, {learned.rows:,} rows, SHA-256 {sha256[:12]}"


def _subject(manifest: ModelManifest) -> str:
    known = f"SHA-256 {manifest.dataset_sha256[:12]}"
    if manifest.table is not None:
        known = in_words(manifest.table, manifest.dataset_sha256)
    return f"The table that version {manifest.version} learned from ({known})"


def _as_parquet(table: HousingTable) -> bytes:
    columns = {name: table.values[:, place] for place, name in enumerate(COLUMN_NAMES)}
    if table.times is not None:
        columns[DATES if table.times.are_dates else NUMBERS] = table.times.moments
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, compression="zstd")
    return buffer.getvalue()


def _content(content: bytes) -> tuple[FloatArray, RowTimes | None]:
    table = pq.read_table(io.BytesIO(content))
    columns = [table.column(name).to_numpy() for name in COLUMN_NAMES]
    values = np.column_stack(columns).astype(np.float64)
    for name in {DATES, NUMBERS}.intersection(table.column_names):
        return values, RowTimes(np.array(table.column(name).to_numpy()), are_dates=name == DATES)
    return values, None
