"""Changes of a service's usual traffic in sentences."""

from backend.contract.drift.analysis import TrafficChange
from backend.drift.report import LABELS, probability

ASPECTS = {
    "level": "its level moved by {shift:+.2f} standard deviations",
    "spread": "its spread changed",
    "relation": "given the other inputs, it moved by {shift:+.2f} standard deviations",
    "categories": "the share of a category moved by {percent:+.1f} points",
    "combination": "inputs do not go together in at least about {now:.0%} of the rows, usually {usual:.0%}",
    "precision": "{now:.1%} of the values have few decimals, usually {usual:.1%}",
    "stuck": "{now:.1%} of the values are its lowest or highest in training, usually {usual:.1%}",
    "missing": "{now:.1%} of the values are missing, usually {usual:.1%}",
    "out_of_range": "{now:.1%} of the values are outside the training range, usually {usual:.1%}",
}


def change_sentence(change: TrafficChange) -> str:
    """Say how one column differs from the service's usual traffic."""
    words = ASPECTS[change.aspect].format(
        shift=change.shift,
        percent=100 * change.shift,
        usual=max(change.usual, 0.0),
        now=max(change.usual + change.shift, 0.0),
    )
    name = "All inputs" if change.aspect == "combination" else LABELS.get(change.name, change.name)
    return f"{name}: {words} (corrected p {probability(change.adjusted_p_value)})."


def learning_sentence(periods: int, needed: int) -> str:
    """Say how far the usual traffic is known.

    >>> learning_sentence(3, 14)
    'Your usual traffic is still being learned: 3 of 14 earlier periods with enough predictions are known.'
    """
    return (
        f"Your usual traffic is still being learned: {periods} of {needed} earlier periods with enough "
        "predictions are known."
    )
