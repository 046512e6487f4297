"""How good each version is on its own holdout, and against another on common rows; measured once and kept."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from backend.performance.check import NO_HOLDOUT
from backend.performance.realized import LabelledRows, RealizedError, realized_error
from backend.performance.slices import ErrorSlice, worst_slices
from storage.errors import ModelIntegrityError, StateConflict
from storage.models.store import HOLDOUT, ModelStore
from training.dataset.missing import Missing
from training.evaluation.holdout import Holdout
from training.evaluation.holdout_comparison import HoldoutComparison, compare_holdouts

MOST_KEPT = 512
"""Reports of each kind: a few kilobytes each."""

Fingerprint: TypeAlias = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Place:
    """A version as its files are: versions are immutable, so a changed file is damage and measured anew."""

    version: str
    files: Fingerprint


class VersionReports:
    """Reads the holdouts of one store. A measurement takes up to half a second, and is made once a process.

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

    def slices(self, version: str) -> tuple[ErrorSlice, ...]:
        """Return the segments with 30 rows or more, the highest RMSE first."""
        return self._kept_slices(self._place(version))

    def comparison(self, version: str, against: str) -> HoldoutComparison | Missing:
        """Compare two versions on the rows that both have; the differences are version - against."""
        return self._kept_comparison(self._place(version), self._place(against))

    def _place(self, version: str) -> Place:
        return Place(version, self._store.fingerprint(version))

    def _measure(self, place: Place) -> RealizedError:
        holdout = self._holdout(place)
        if holdout is None:
            return RealizedError("not_enough_data", NO_HOLDOUT, 0)
        return realized_error(_labelled(holdout), self._seed)

    def _measure_slices(self, place: Place) -> tuple[ErrorSlice, ...]:
        holdout = self._holdout(place)
        if holdout is None:
            return ()
        rows = _labelled(holdout)
        return worst_slices(holdout.inputs, rows, holdout.inputs, rows, self._seed)

    def _compare(self, place: Place, against: Place) -> HoldoutComparison | Missing:
        first, second = self._holdout(place), self._holdout(against)
        if first is None or second is None:
            return Missing("one of them was trained before holdouts were kept")
        return compare_holdouts(first, second, self._seed, self._slice_minimum_rows)

    def _holdout(self, place: Place) -> Holdout | None:
        try:
            manifest = self._store.servable_manifest(place.version)
            if HOLDOUT not in manifest.checksums:
                return None
            return Holdout.from_bytes(self._store.read(place.version, HOLDOUT))
        except ModelIntegrityError as error:
            raise StateConflict(f"Version {place.version} is damaged: {error}") from error


def _labelled(holdout: Holdout) -> LabelledRows:
    return LabelledRows(holdout.actual, holdout.predicted, holdout.lower, holdout.upper)
