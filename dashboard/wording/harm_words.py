"""The cost and the cause of a change in words: titles, figures with their intervals, and what is left out."""

from collections.abc import Callable

from backend.contract.definition import roughly, written_roughly
from backend.contract.drift.harm import CAUSES, CauseName, DriftHarm
from backend.contract.performance import Estimate
from dashboard.wording.drift_words import Verdict
from dashboard.wording.value import escaped, ranged, written_difference

LOOKS: dict[CauseName, tuple[str, str]] = {
    "nothing": ("green", "check_circle"),
    "mix_of_inputs": ("orange", "groups"),
    "broken_sensor": ("red", "sensors_off"),
    "only_labels": ("red", "sell"),
}
"""Colour and icon of each cause."""
BASES = {
    "actual_values": "measured on {labelled:,} actual values",
    "replay": "from replaying the fault on the holdout",
    "estimate": "estimated from the inputs",
}


def cause_title(name: CauseName) -> Verdict:
    """Return the cause as one line."""
    return Verdict(CAUSES[name], *LOOKS[name])


def harm_figures(harm: DriftHarm) -> dict[str, str]:
    """Return name and value of what the change costs, as Markdown; empty without enough data."""
    if harm.per_prediction is None or harm.basis is None:
        return {}
    how = BASES[harm.basis].format(labelled=harm.labelled)
    named = {
        f"Change of the mean absolute error, {how}": harm.per_prediction,
        "of it, what the inputs let expect": harm.from_inputs,
        "of it, what only actual values tell": harm.from_labels,
    }
    found = {
        name: _ranged(figure, written_difference)
        for name, figure in named.items()
        if figure is not None
    }
    if harm.per_day is not None:
        name = f"Per day, at {harm.predictions_per_day:,.0f} predictions"
        found[name] = _ranged(harm.per_day, written_roughly)
    if harm.cost_per_day is not None:
        found["Cost per day"] = _ranged(harm.cost_per_day, roughly)
    return found


def cost_words(harm: DriftHarm) -> str:
    """Say compared with what, and what the figures leave out."""
    sentences = ["Compared with the holdout; 95% intervals."]
    if harm.per_prediction is not None and _may_be_chance(harm.per_prediction):
        sentences.append("The change may be chance.")
    return " ".join([*sentences, *harm.left_out])


def short_harm(harm: DriftHarm) -> str:
    """Return cause and cost of a day in a line of Markdown.

    Examples
    --------
    >>> from backend.contract.drift.harm import DriftCause
    >>> cause = DriftCause(name="mix_of_inputs", signs=[], inputs=[], reason="Other rows.")
    >>> known = {name: None for name in DriftHarm.model_fields} | {"cause": cause, "status": "ok"}
    >>> known |= {"labelled": 0, "predictions_per_day": 100.0, "amounts": [], "left_out": []}
    >>> chance = DriftHarm(**known | {"per_day": Estimate(1.0, -0.5, 2.5)})
    >>> short_harm(chance).partition("; ")[2]
    'the change of the error may be chance'
    """
    title = CAUSES[harm.cause.name]
    if harm.per_day is None:
        return title
    if _may_be_chance(harm.per_day):
        return f"{title}; the change of the error may be chance"
    value = escaped(written_roughly(harm.per_day.value))
    return f"{title}; error {value} a day"


def _may_be_chance(change: Estimate) -> bool:
    return change.lower <= 0.0 <= change.upper


def _ranged(figure: Estimate, write: Callable[[float], str]) -> str:
    value, lower, upper = (
        escaped(write(each)) for each in (figure.value, figure.lower, figure.upper)
    )
    return f"**{value}** :gray[{ranged(lower, upper)}]"
