"""Which test rows may judge between two models: those of which neither knows more than the other."""

from storage.schema.arrays import BoolArray, FloatArray
from training.dataset.known_rows import is_new
from training.dataset.likeness import Likeness

WIDER = 3.0
"""Times the tolerance of one subject: a test row that does not judge costs less than a row not learned."""


def judging_rows(test: FloatArray, champion: FloatArray, challenger: FloatArray) -> BoolArray:
    """Return, for each test row (n, d), whether neither model has an advantage that is not its own.

    The champion did not learn it, as one of another seed may have; and nothing that only one of them learned,
    such as labelled predictions, is alike, three times as widely as what counts as one subject. So readings
    of test rows that were moved too far to be recognized in training prove nothing either.

    Parameters
    ----------
    test
        Shape (n, d).
    champion, challenger
        Shape (m, d): what they learned from.
    """
    new = is_new(test, champion)
    only_one = (champion[is_new(champion, challenger)], challenger[is_new(challenger, champion)])
    new[new] = ~Likeness.of(challenger).wider(WIDER).is_known(test[new], *only_one)
    return new
