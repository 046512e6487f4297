"""Map cells dealt to folds: to see a place as it looks when its surroundings were never learned."""

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray


def cell_folds(
    places: FloatArray, sides: float | FloatArray, folds: int, seed: int
) -> IntegerArray:
    """Deal map cells, of a random origin, to folds; return each place's fold, shape (n,).

    Parameters
    ----------
    places
        Shape (n, 2): latitude and longitude in degrees.
    sides
        Of a cell, in degrees; or one along each of the two, shape (2,).
    folds
        So many; where there are few cells, some may be empty.
    seed
        Of the origin and the dealing.

    Examples
    --------
    >>> places = np.array([[37.88, -122.23], [37.87, -122.24], [40.80, -124.16]])
    >>> cell_folds(places, 0.5, folds=5, seed=4).tolist()
    [1, 1, 0]
    """
    generator = np.random.RandomState(seed)
    cells = np.floor((places + generator.random_sample(2) * sides) / sides)
    _, numbers = np.unique(cells, axis=0, return_inverse=True)
    numbers = numbers.ravel()
    return np.asarray(generator.randint(0, folds, numbers.max() + 1)[numbers])
