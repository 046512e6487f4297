"""The reference: the training part as the basis for warnings, support, nearest rows and drift.

Stored with each version as plain arrays (``.npz``, read without pickle), so that reading it runs no code.
"""

import io
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import NamedTuple, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from storage.domain.inputs import ARE_PLAIN, FEATURE_NAMES
from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.errors import ModelIntegrityError
from storage.schema.arrays import FloatArray, IndexArray
from storage.schema.drawn import drawn_rows
from training.kernels.column_codes import SIZES, ColumnCodes, encode, encoded, mean_codes
from training.kernels.compiled import compiled
from training.kernels.neighbour_search import NOBODY, find_nearest
from training.kernels.search_tree import SearchTree, search_tree

PERCENTILES = (0.0, 0.1, 1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 99.9, 100.0)
BACKGROUND_ROWS = 100
HISTOGRAM_BINS = 30
SUPPORT_NEIGHBOURS = 5
MOST_ROWS, MOST_VALUES = 50_000, 2_000_000
"""Of the training part in a profile: 50,000 rows of up to 40 inputs."""
NO_CODES = ColumnCodes(np.zeros(0, np.int64), np.zeros((0, 0)), np.zeros(0))
EARTH_RADIUS_KILOMETRES = 6_371.0
SPREAD_LOW, SPREAD_HIGH = PERCENTILES.index(5.0), PERCENTILES.index(95.0)


def _equal_shares() -> FloatArray:
    return np.full(len(FEATURE_NAMES), 1 / len(FEATURE_NAMES))


@dataclass(frozen=True)
class ReferenceProfile:
    """The training part as arrays.

    Attributes
    ----------
    inputs
        Shape (n, d), columns in schema order; of a large training part, a seeded sample.
    targets
        Shape (n,), in the target's unit.
    percentiles
        Shape (8, len(PERCENTILES)): each input's values at ``PERCENTILES``, of those that are not missing.
    background
        Shape (100, 8): rows of the inputs which explanations compare with; a seeded sample, unless
        ``typical_rows`` chose them for a model, as in every version published since.
    distances
        Shape (n,), sorted: how far each training row is from the others (see ``support``).
    importances
        Shape (8,): what share of the answers depends on each input, adding up to 1; equal shares in a
        version from before they were kept.
    """

    inputs: FloatArray
    targets: FloatArray
    percentiles: FloatArray
    background: FloatArray
    distances: FloatArray
    importances: FloatArray = field(default_factory=_equal_shares)

    @classmethod
    def fit(
        cls,
        inputs: FloatArray,
        targets: FloatArray,
        seed: int,
        importances: FloatArray | None = None,
    ) -> Self:
        """Derive the profile from the training part: inputs (n, d), targets (n,)."""
        percentiles = _percentiles(inputs)
        kept = _kept_rows(len(inputs), inputs.shape[1], seed)
        inputs, targets = inputs[kept], targets[kept]
        sample = np.random.default_rng(seed).choice(
            len(inputs), min(BACKGROUND_ROWS, len(inputs)), replace=False
        )
        scaled = Space.of(inputs, targets, percentiles).points(inputs)
        # One more neighbour than asked for, because each row finds itself first.
        nearest, _ = KDTree(scaled).query(scaled, SUPPORT_NEIGHBOURS + 1)
        distances = np.sort(nearest[:, 1:].mean(axis=1))
        shares = importances if importances is not None else _equal_shares()
        return cls(inputs, targets, percentiles, inputs[sample], distances, shares)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a stored profile.

        Raises
        ------
        ModelIntegrityError
            If the bytes are not a profile.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                names = [each.name for each in fields(cls) if each.name in stored]
                return cls(**{name: stored[name] for name in names})
        except (ValueError, TypeError, OSError, EOFError, BadZipFile) as error:
            raise ModelIntegrityError(f"The reference profile cannot be read: {error}.") from error

    def to_bytes(self) -> bytes:
        """Return the profile as it is stored, uncompressed so that reading it delays answers little."""
        stream = io.BytesIO()
        np.savez(stream, **{each.name: getattr(self, each.name) for each in fields(self)})
        return stream.getvalue()

    def histogram(self, column: int) -> tuple[FloatArray, NDArray[np.int64]]:
        """Return bin edges (31,) and counts (30,) of one input, between its 0.1th and 99.9th percentile.

        A category has a bin for each of its k words, edges (k + 1,). Missing values are left out.
        """
        values = self.inputs[:, column]
        if size := int(SIZES[column]):
            edges = np.arange(size + 1, dtype=np.float64) - 0.5
            return edges, np.histogram(values, edges)[0].astype(np.int64)
        low, high = self.percentiles[column, [1, -2]]
        counts, edges = np.histogram(values[~np.isnan(values)], HISTOGRAM_BINS, (low, high))
        return edges, counts.astype(np.int64)


class Space(NamedTuple):
    """Where rows lie, as support measures it.

    Numbers are divided by the range between their 5th and 95th percentile; categories and missing values are
    numbers by their mean target, see ``mean_codes``.

    Attributes
    ----------
    codes
        Not used where all inputs are numbers that are always there.
    spread
        Shape (8,).
    """

    codes: ColumnCodes
    spread: FloatArray

    @classmethod
    def of(cls, inputs: FloatArray, targets: FloatArray, percentiles: FloatArray) -> Self:
        """Return the space of training inputs (n, d)."""
        if ARE_PLAIN:
            return cls(NO_CODES, spread_of(percentiles))
        codes = mean_codes(inputs, targets)
        return cls(codes, spread_of(_percentiles(encoded(inputs, codes))))

    def points(self, inputs: FloatArray) -> FloatArray:
        """Return where inputs (n, d) lie, shape (n, d)."""
        return (inputs if ARE_PLAIN else encoded(inputs, self.codes)) / self.spread


class KnownInputs(NamedTuple):
    """What support is measured against: the training inputs in their space; ``distances`` (n,) are sorted."""

    tree: SearchTree
    space: Space
    distances: FloatArray


class ReferenceSearch:
    """Distances to the training part; its search trees are built once, the map's when it is asked for."""

    def __init__(self, profile: ReferenceProfile) -> None:
        self._profile = profile
        self._space = Space.of(profile.inputs, profile.targets, profile.percentiles)
        self._points = self._space.points(profile.inputs)
        self._in_inputs = KnownInputs(search_tree(self._points), self._space, profile.distances)

    def support(self, inputs: FloatArray) -> FloatArray:
        """Return how well training data supports answers for inputs (n, d): shape (n,), from 0 to 1.

        An input's distance is the mean Euclidean distance to its 5 nearest training rows, each column
        divided by the range between its 5th and 95th percentile. The support is the share of training
        rows that are at least as far from the others: 0.5 is typical, 0 is farther than any of them,
        that is, extrapolation.
        """
        scores = np.empty(len(inputs))
        fill_support(self._in_inputs, inputs, scores)
        return scores

    @cached_property
    def _on_map(self) -> KDTree:
        return KDTree(_on_globe(self._profile.inputs))

    @cached_property
    def _in_space(self) -> KDTree:
        return KDTree(self._points)

    def known(self) -> KnownInputs:
        """Return what support is measured against, for the compiled functions."""
        return self._in_inputs

    def nearest(self, inputs: FloatArray, number: int) -> tuple[NDArray[np.int64], FloatArray]:
        """Return the rows of the training part nearest to inputs (8,), and their distances.

        On the map, in km, where the table has a place; otherwise as ``support`` measures them.
        """
        count = min(number, len(self._profile.inputs))
        point = inputs[np.newaxis]
        if HAS_PLACE:
            chords, rows = self._on_map.query(_on_globe(point), range(1, count + 1))
            return rows[0].astype(np.int64), _along_surface(chords[0])
        distances, rows = self._in_space.query(self._space.points(point), range(1, count + 1))
        return rows[0].astype(np.int64), np.asarray(distances[0])


@compiled
def fill_support(known: KnownInputs, inputs: FloatArray, scores: FloatArray) -> None:
    """Fill the support, shape (n,), of inputs (n, d); see ``ReferenceSearch.support``."""
    neighbours = min(SUPPORT_NEIGHBOURS, known.distances.shape[0])
    distances, rows = np.empty(neighbours), np.empty(neighbours, np.int64)
    points = np.empty(inputs.shape)
    if known.space.codes.sizes.shape[0] == 0:
        points[:] = inputs
    else:
        encode(inputs, known.space.codes, points)
    for row in range(inputs.shape[0]):
        find_nearest(known.tree, points[row] / known.space.spread, NOBODY, distances, rows)
        closer = np.searchsorted(known.distances, distances.mean())
        scores[row] = 1.0 - closer / known.distances.shape[0]


def _percentiles(inputs: FloatArray) -> FloatArray:
    """Return the values of each column at ``PERCENTILES``, shape (k, len(PERCENTILES))."""
    find = np.nanpercentile if np.isnan(inputs).any() else np.percentile
    return np.asarray(find(inputs, PERCENTILES, axis=0).T)


def _kept_rows(rows: int, columns: int, seed: int) -> IndexArray:
    """Return which rows of the training part are kept: all, or a sample that a service can search."""
    most = min(MOST_ROWS, MOST_VALUES // columns)
    return drawn_rows(rows, most, seed)


def spread_of(percentiles: FloatArray) -> FloatArray:
    """Return the range between the 5th and 95th percentile of each input, 1 where there is none."""
    spread = percentiles[:, SPREAD_HIGH] - percentiles[:, SPREAD_LOW]
    return np.where(spread > 0, spread, 1.0)


def _on_globe(inputs: FloatArray) -> FloatArray:
    """Return places as points in space, shape (n, 3), in km from the earth's centre."""
    latitude, longitude = np.radians(inputs[:, [LATITUDE, LONGITUDE]]).T
    across = np.cos(latitude)
    points = [across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)]
    return EARTH_RADIUS_KILOMETRES * np.column_stack(points)


def _along_surface(chords: FloatArray) -> FloatArray:
    """Return distances along the surface for straight ones through the earth, both in km."""
    diameter = 2 * EARTH_RADIUS_KILOMETRES
    arcs: FloatArray = diameter * np.arcsin(chords / diameter)
    return arcs
