"""What a reference is called in the sentences of a verdict."""

from typing import NamedTuple


class ReferenceWords(NamedTuple):
    """The reference itself, what its values lie in, and its rows."""

    data: str
    range: str
    rows: str


TRAINING = ReferenceWords("the training data", "the training range", "training rows")
PERIOD = ReferenceWords("the earlier period", "its range then", "earlier rows")
SEGMENT_TRAINING = ReferenceWords(
    "the segment's training data", "the segment's training range", "the segment's training rows"
)
SEGMENT_PERIOD = ReferenceWords(
    "the segment in the earlier period", "the segment's range then", "the segment's earlier rows"
)
OTHERS = ReferenceWords("all other predictions", "the range of all others", "all other rows")
