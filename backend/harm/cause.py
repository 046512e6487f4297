"""The cause of a change: another mix of inputs, a broken sensor, or what only labels can tell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.contract.drift.harm import DriftCause, SensorSign
from backend.contract.drift.refused import RefusedField
from backend.drift.report import LABELS
from storage.domain.sentence import in_sentence

LEAST_REFUSED = 0.03
"""Share of requests refused for one input; below, single clients make mistakes."""
MOST_INPUTS = 3
"""Named in a sentence."""


@dataclass(frozen=True)
class SeenChange:
    """What is known of a change.

    Attributes
    ----------
    moved
        Whether the inputs differ, by the verdict that the alarm follows.
    inputs
        The inputs that moved, the most important first.
    signs
        Of a broken source, among rows that were answered.
    refused
        The same of requests that were refused.
    unexpected
        How many times larger the error of labelled predictions is than their inputs let expect, if it is
        significantly larger; None otherwise, or without enough actual values.
    has_labels
        Whether there were enough actual values to judge.
    """

    moved: bool
    inputs: Sequence[str] = ()
    signs: Sequence[SensorSign] = field(default=())
    refused: Sequence[SensorSign] = field(default=())
    unexpected: float | None = None
    has_labels: bool = False


def cause_of(change: SeenChange) -> DriftCause:
    """Name the cause.

    A broken source comes first, since whoever mends it needs no other model; then the mix of inputs, which
    rows of a new kind belong to though their values are new, too. Only where the inputs are as usual is a
    larger error one that only actual values show.

    Examples
    --------
    >>> cause_of(SeenChange(moved=True, inputs=["MedInc"])).reason
    'Rows other than the usual ones are asked for, mainly by median income.'
    >>> found = cause_of(SeenChange(moved=False, unexpected=2.4, has_labels=True))
    >>> found.name, found.reason
    ('only_labels', 'The inputs are as usual, but the error is 2.4 times what they let expect.')
    >>> cause_of(SeenChange(moved=False)).name
    'nothing'
    """
    signs = [*(change.signs if change.moved else ()), *change.refused]
    if signs:
        signs.sort(key=lambda sign: -sign.share)
        reason = " ".join(sign.reason for sign in signs[:MOST_INPUTS])
        return DriftCause(name="broken_sensor", signs=signs, inputs=[], reason=reason)
    if change.moved:
        return DriftCause(
            name="mix_of_inputs", signs=[], inputs=list(change.inputs), reason=_mix(change.inputs)
        )
    if change.unexpected is not None:
        times = f"{change.unexpected:.1f} times"
        reason = f"The inputs are as usual, but the error is {times} what they let expect."
        return DriftCause(name="only_labels", signs=[], inputs=[], reason=reason)
    also = " and actual values are" if change.has_labels else " are"
    reason = f"The inputs{also} as usual."
    return DriftCause(name="nothing", signs=[], inputs=[], reason=reason)


def refused_signs(fields: Sequence[RefusedField], requests: int) -> list[SensorSign]:
    """Return the signs of a broken source among refused requests, of which many name one input.

    Parameters
    ----------
    requests
        All of the window, answered or refused.
    """
    signs, paired = [], set[str]()
    for each in fields:
        share = each.requests / max(requests, 1)
        if share < LEAST_REFUSED or each.name in paired:
            continue
        sign = _refused_sign(each, min(share, 1.0))
        if sign is not None:
            signs.append(sign)
            paired.add(each.swapped_with or each.name)
    return signs


def _refused_sign(each: RefusedField, share: float) -> SensorSign | None:
    if each.swapped_with is not None:
        kind = "swapped"
    elif each.in_another_unit:
        kind = "another_unit"
    elif each.median is None:
        kind = "missing"
    else:
        return None  # out of range, which has many causes
    fields = {"kind": kind, "column": each.name, "share": share, "value": each.factor}
    return SensorSign.model_validate({**fields, "refused": True, "reason": each.reason})


def _mix(inputs: Sequence[str]) -> str:
    start = "Rows other than the usual ones are asked for"
    names = [in_sentence(LABELS.get(name, name)) for name in inputs[:MOST_INPUTS]]
    if not names:
        return f"{start}, by the combination of their inputs."
    *first, last = names
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"{start}, mainly by {listed}."
