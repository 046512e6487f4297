"""What a reference is called in the sentences of a verdict."""

from typing import NamedTuple


class ReferenceWords(NamedTuple):
    """The reference itself, what its values lie in, and its rows."""

    data: str
    range: str
    rows: str


TRAINING = ReferenceWords("the training data", "the training range", "training rows")
PERIOD = ReferenceWords("the earlier period", "its range then", "earlier rows")
