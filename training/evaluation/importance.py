"""Importance of each input, as a share, cheap enough to be computed at every training."""

from collections.abc import Callable

import numpy as np

from storage.schema.arrays import FloatArray

ROWS = 1_000
"""Rows used; eight times as many predictions are made."""


def permutation_importances(
    predict: Callable[[FloatArray], FloatArray], inputs: FloatArray, seed: int
) -> FloatArray:
    """Return each input's share, shape (d,), adding up to 1.

    An input's importance is the mean absolute change of the prediction when its values are shuffled among
    the rows (Breiman, L. (2001). Random forests. Machine Learning 45, 5-32, with the change of the answer
    in place of the loss, so that no targets are needed). A model that ignores every input gives all the same.

    Parameters
    ----------
    predict
        From inputs (n, d) to predictions (n,).
    inputs
        Shape (n, d), rows that the model was not fitted on; at most 1,000 of them are used.
    seed
        Of the choice of rows and of the shuffling.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> shares = permutation_importances(lambda x: 3 * x[:, 0] + x[:, 1], random.normal(size=(500, 3)), 0)
    >>> shares.round(2).tolist()
    [0.75, 0.25, 0.0]
    """
    random = np.random.default_rng(seed)
    chosen = inputs[random.permutation(len(inputs))[:ROWS]]
    shuffled = np.repeat(chosen[np.newaxis], chosen.shape[1], axis=0)
    for column in range(chosen.shape[1]):
        shuffled[column, :, column] = random.permutation(chosen[:, column])
    answers = predict(shuffled.reshape(-1, chosen.shape[1])).reshape(len(shuffled), -1)
    changes = np.abs(answers - predict(chosen)).mean(axis=1)
    total = changes.sum()
    shares: FloatArray = changes / total if total > 0 else np.full(len(changes), 1 / len(changes))
    return shares
