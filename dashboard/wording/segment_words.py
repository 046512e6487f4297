"""The segments of the table in words."""

from collections.abc import Iterable
from math import isinf

from backend.contract.definition import REGION_KINDS, SLICE_LABELS
from backend.contract.query.where import Condition
from dashboard.wording.feature_words import BY_NAME, input_words, label_with_unit
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


def where_words(conditions: Iterable[Condition]) -> str:
    """Write what all rows of a segment have in common.

    Examples
    --------
    >>> where_words([Condition("HouseAge", 10, 30), Condition("region", words=("bay area",))])
    'House age (years): 10 to 30; Bay Area'
    >>> where_words([Condition("HouseAge", highest=30, excluded=True), Condition("Population", 500)])
    'House age (years): below 30; Population (people): from 500'
    """
    return "; ".join(map(_condition_words, conditions))


def _condition_words(one: Condition) -> str:
    if one.is_of_kind:
        return segment_label(one.name, one.words[0])
    feature = BY_NAME[one.name]
    if one.missing:
        return f"{feature.label}: no value"
    if one.words:
        return f"{feature.label}: {' or '.join(one.words)}"
    label, highest = label_with_unit(feature), input_words(feature, one.highest)
    if isinf(one.highest):
        return f"{label}: from {input_words(feature, one.lowest)}"
    if isinf(one.lowest):
        return f"{label}: {'below' if one.excluded else 'up to'} {highest}"
    lowest = input_words(feature, one.lowest)
    return f"{label}: {lowest} to {'below ' if one.excluded else ''}{highest}"
