"""The segments of the table in words."""

from backend.contract.definition import REGION_KINDS, SLICE_LABELS
from dashboard.wording.words import in_sentence

SLICE_WORDS = " and ".join(
    part
    for part in (
        ", ".join(map(in_sentence, list(SLICE_LABELS.values())[:-1])),
        *map(in_sentence, list(SLICE_LABELS.values())[-1:]),
    )
    if part
)
"""What errors are told apart by, such as "region, quarter and age"."""


def segment_name(kind: str, name: str) -> str:
    """Write the name of a segment beside its kind.

    Examples
    --------
    >>> segment_name("region", "bay area"), segment_name("income", "lowest quarter")
    ('Bay Area', 'lowest quarter')
    """
    return name.title() if kind in REGION_KINDS else name


def segment_label(kind: str, name: str) -> str:
    """Write the name of a segment on its own.

    Examples
    --------
    >>> segment_label("region", "bay area"), segment_label("income", "lowest quarter")
    ('Bay Area', 'Income: lowest quarter')
    """
    own = segment_name(kind, name)
    return own if kind in REGION_KINDS else f"{SLICE_LABELS.get(kind, kind)}: {own}"
