"""What a change costs, in sentences."""

from collections.abc import Callable, Iterator

from backend.contract.drift.harm import DriftHarm
from storage.domain.written import roughly, written_difference, written_roughly
from storage.schema.estimate import Estimate

BASES = {
    "actual_values": "measured on {:,} actual values",
    "replay": "from replaying the fault on the holdout",
    "estimate": "estimated from the inputs",
}


def amounts(harm: DriftHarm) -> Iterator[str]:
    """Yield what a change costs per prediction and per day, and the part that only actual values tell."""
    rise, day, cost, told = harm.per_prediction, harm.per_day, harm.cost_per_day, harm.from_labels
    if rise is None or day is None or harm.basis is None:
        yield "What it costs is not known: there are too few predictions, or no holdout."
        return
    how = BASES[harm.basis].format(harm.labelled)
    may_be_chance = ", which may be chance" if rise.lower <= 0.0 <= rise.upper else ""
    yield f"Mean absolute error {_ranged(rise)} per prediction against the holdout, {how}{may_be_chance}."
    if told is not None and told.lower > 0.0:
        yield f"Of it, {written_difference(told.value)} is what only actual values tell."
    yield f"At {harm.predictions_per_day:,.0f} predictions a day: {_ranged(day, written_roughly)} a day."
    if cost is not None:
        yield f"Cost per day: {_ranged(cost, roughly)}."


def left_out(harm: DriftHarm, rows: int) -> Iterator[str]:
    """Yield what the figures leave out, of a window with so many ``rows``."""
    if any(sign.refused for sign in harm.cause.signs):
        yield "Refused requests got no prediction, which is not counted."
    if harm.from_labels is None:
        yield (
            f"{harm.labelled:,} of {rows:,} predictions have an actual value: too few to see whether actual "
            "values changed, too, which inputs cannot show."
        )


def _ranged(figure: Estimate, write: Callable[[float], str] = written_difference) -> str:
    value, lower, upper = map(write, (figure.value, figure.lower, figure.upper))
    return f"{value} ({lower} to {upper})"
