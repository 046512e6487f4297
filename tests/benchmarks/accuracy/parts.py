"""The fixed splits: five random ones, and five that hold whole areas out."""

from collections.abc import Callable

import numpy as np

from storage.domain.place import LATITUDE, LONGITUDE
from training.dataset.splits import Part, SealedPart, Splits, split
from training.dataset.table import HousingTable
from training.dataset.time_split import TEST_SHARE, VALIDATION_SHARE

CELL_DEGREES = 0.5


def block_split(table: HousingTable, seed: int) -> Splits:
    """Split by whole map cells of half a degree, in random order, to about the same shares."""
    places = table.inputs[:, [LATITUDE, LONGITUDE]]
    _, cells = np.unique(np.floor(places / CELL_DEGREES), axis=0, return_inverse=True)
    cells = cells.ravel()
    order = np.random.RandomState(seed).permutation(cells.max() + 1)
    filled = np.cumsum(np.bincount(cells)[order]) / len(table)
    part_of_cell = np.empty(len(order), dtype=np.int64)
    part_of_cell[order] = np.searchsorted([TEST_SHARE, TEST_SHARE + VALIDATION_SHARE], filled)
    test, validation, train = (_rows(table, part_of_cell[cells] == part) for part in range(3))
    return Splits(train, validation, SealedPart(test))


def _rows(table: HousingTable, chosen: np.ndarray) -> Part:
    return Part(table.inputs[chosen], table.targets[chosen])


SPLITS: dict[str, Callable[[HousingTable, int], Splits]] = {"random": split, "blocks": block_split}
