"""Error of each version on its own holdout, and compared with another on common rows; cached."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from backend.contract.models.version import ComparisonResponse, SliceComparison, VersionSlice
from backend.contract.performance import RealizedError
from backend.performance.baseline import NO_HOLDOUT, JudgedVersion
from backend.performance.realized import realized_error
from backend.performance.slices import worst_slices
from storage.errors import ModelIntegrityError, StateConflict
from storage.models.sameness import sameness
from storage.models.store import HOLDOUT, ModelStore
from storage.schema.manifest import Sameness
from storage.schema.predictions import LabelledPredictions
from training.dataset.missing import Missing
from training.evaluation.holdout import read_holdout
from training.evaluation.holdout_comparison import (
    ComparedSlice,
    HoldoutComparison,
    compare_holdouts,
)
from training.models.intervals import COVERAGE

FILES_REMOVED = (
    "The files of this version were removed, because enough newer ones are kept: there is no test part to "
    "judge its errors by."
)
MOST_KEPT = 512
"""Reports of each kind to cache: a few kilobytes each."""

Fingerprint: TypeAlias = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Place:
    """A version identified by its files: versions never change, so a changed file means damage."""

    version: str
    files: Fingerprint


class VersionReports:
    """Reads the holdouts of one store. A measurement takes up to half a second and is done once per process.

    Raises
    ------
    RecordNotFound
        By every method, if there is no such version.
    StateConflict
        By every method, if the version is damaged; the message names the file.
    """

    def __init__(self, store: ModelStore, seed: int, slice_minimum_rows: int) -> None:
        self._store = store
        self._seed = seed
        self._slice_minimum_rows = slice_minimum_rows
        self._kept_error = lru_cache(MOST_KEPT)(self._measure)
        self._kept_slices = lru_cache(MOST_KEPT)(self._measure_slices)
        self._kept_comparison = lru_cache(MOST_KEPT)(self._compare)

    def error(self, version: str) -> RealizedError:
        """Return the figures on the whole holdout, with 95 % confidence intervals."""
        return self._kept_error(self._place(version))

    def slices(self, version: str) -> list[VersionSlice]:
        """Return the segments with 30 rows or more, the highest RMSE first."""
        return self._kept_slices(self._place(version))

    def judged(self, version: str) -> JudgedVersion:
        """Return what a version's predictions are measured by; its files may be gone since."""
        if self._store.removed.find(version) is not None:
            return JudgedVersion(version, None, COVERAGE, FILES_REMOVED)
        return JudgedVersion(version, self._holdout(self._place(version)), COVERAGE)

    def comparison(self, version: str, against: str) -> ComparisonResponse:
        """Compare two versions on the rows that both have; the differences are version - against."""
        found = self._kept_comparison(self._place(version), self._place(against))
        same = sameness(self._store.manifest(version), self._store.manifest(against))
        if isinstance(found, Missing):
            return _not_compared(version, against, found.reason, same)
        return _compared(version, against, found, same)

    def _place(self, version: str) -> Place:
        return Place(version, self._store.fingerprint(version))

    def _measure(self, place: Place) -> RealizedError:
        holdout = self._holdout(place)
        if holdout is None:
            return RealizedError.unknown(NO_HOLDOUT, 0)
        return realized_error(holdout, self._seed, name="holdout row")

    def _measure_slices(self, place: Place) -> list[VersionSlice]:
        holdout = self._holdout(place)
        if holdout is None:
            return []
        found = worst_slices(holdout, holdout, self._seed)
        return [
            VersionSlice(
                kind=one.kind, name=one.name, rows=one.realized.rows, rmse=one.realized.rmse
            )
            for one in found
        ]

    def _compare(self, place: Place, against: Place) -> HoldoutComparison | Missing:
        first, second = self._holdout(place), self._holdout(against)
        if first is None or second is None:
            return Missing("one of them was trained before holdouts were stored")
        return compare_holdouts(first, second, self._seed, self._slice_minimum_rows)

    def _holdout(self, place: Place) -> LabelledPredictions | None:
        try:
            manifest = self._store.servable_manifest(place.version)
            if HOLDOUT not in manifest.checksums:
                return None
            return read_holdout(self._store.read(place.version, HOLDOUT))
        except ModelIntegrityError as error:
            raise StateConflict(f"Version {place.version} is damaged: {error}") from error


def _compared(
    version: str, against: str, found: HoldoutComparison, same: Sameness | None
) -> ComparisonResponse:
    return ComparisonResponse(
        version=version,
        against=against,
        status="ok",
        reason=None,
        sameness=same,
        rows=found.total.rows,
        rmse=found.total.challenger_rmse,
        against_rmse=found.total.champion_rmse,
        difference=found.total.difference,
        slice_confidence=found.slice_confidence,
        slices=[_compared_slice(one) for one in found.slices],
    )


def _compared_slice(one: ComparedSlice) -> SliceComparison:
    found = one.figures
    return SliceComparison(
        kind=one.kind,
        name=one.name,
        rows=one.rows,
        rmse=found.challenger_rmse if found is not None else None,
        against_rmse=found.champion_rmse if found is not None else None,
        difference=found.difference if found is not None else None,
    )


def _not_compared(
    version: str, against: str, reason: str, same: Sameness | None
) -> ComparisonResponse:
    return ComparisonResponse(
        version=version,
        against=against,
        status="not_enough_data",
        reason=f"The versions cannot be compared: {reason}.",
        sameness=same,
        rows=0,
        rmse=None,
        against_rmse=None,
        difference=None,
        slice_confidence=None,
        slices=[],
    )
