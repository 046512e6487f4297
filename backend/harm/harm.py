"""What a change costs: from what was measured to the answer. Pure."""

from dataclasses import dataclass

from backend.contract.drift.harm import Basis, DriftCause, DriftHarm
from backend.harm.rise import rise, times
from backend.harm.words import amounts, left_out
from storage.schema.estimate import Estimate


@dataclass(frozen=True)
class Losses:
    """Mean absolute errors with their intervals, in the target's unit; None without enough rows.

    Attributes
    ----------
    holdout
        The served version's own.
    expected
        What the inputs let expect: of the labelled rows where there are enough, otherwise of all.
    realized
        Of the labelled rows.
    replayed
        By how much a broken source raises the holdout's, if one was found.
    """

    holdout: Estimate | None
    expected: Estimate | None = None
    realized: Estimate | None = None
    replayed: Estimate | None = None


@dataclass(frozen=True)
class Traffic:
    """How much is asked: predictions per day, how many were looked at, and how many of them have a label."""

    per_day: float
    rows: int
    labelled: int


def harm_of(
    cause: DriftCause, losses: Losses, traffic: Traffic, unit_cost: float | None = None
) -> DriftHarm:
    """Return what a change costs.

    The rise per prediction is a - h, for the mean absolute error h of the holdout and a of the labelled rows.
    Without enough of them, of a broken source a - h is what the same fault does to the holdout's rows, whose
    values are known; otherwise a is estimated from the inputs. Of the rise, what the inputs let expect, e - h
    or the replay's, is one part, the rest is what only actual values tell. Costs add up over predictions:
    a day's is the rise times the predictions of a day, times ``unit_cost``, the cost of one unit of error.

    Examples
    --------
    >>> cause = DriftCause(name="mix_of_inputs", signs=[], inputs=["MedInc"], reason="Mix of inputs.")
    >>> losses = Losses(Estimate(0.20, 0.19, 0.21), expected=Estimate(0.30, 0.27, 0.33))
    >>> found = harm_of(cause, losses, Traffic(1_000.0, 500, 0), unit_cost=2.0)
    >>> found.basis, round(found.per_prediction.value, 2), round(found.per_day.value)
    ('estimate', 0.1, 100)
    >>> round(found.cost_per_day.value), found.from_labels
    (200, None)
    """
    basis, total = _total(losses)
    from_inputs, from_labels = _parts(losses, total)
    per_day = None if total is None else times(total, traffic.per_day)
    cost = None if per_day is None or unit_cost is None else times(per_day, unit_cost)
    harm = DriftHarm(
        status="not_enough_data" if total is None else "ok",
        cause=cause,
        basis=basis,
        per_prediction=total,
        from_inputs=from_inputs,
        from_labels=from_labels,
        labelled=traffic.labelled,
        predictions_per_day=traffic.per_day,
        per_day=per_day,
        cost_per_day=cost,
    )
    words = {"amounts": [*amounts(harm)], "left_out": [*left_out(harm, traffic.rows)]}
    return harm.model_copy(update=words)


def _total(losses: Losses) -> tuple[Basis | None, Estimate | None]:
    if losses.holdout is None:
        return None, None
    if losses.realized is not None:
        return "actual_values", rise(losses.realized, losses.holdout)
    if losses.replayed is not None:
        return "replay", losses.replayed
    if losses.expected is not None:
        return "estimate", rise(losses.expected, losses.holdout)
    return None, None


def _parts(losses: Losses, total: Estimate | None) -> tuple[Estimate | None, Estimate | None]:
    if losses.holdout is None or total is None:
        return None, None
    expected = losses.expected
    seen = losses.replayed or (None if expected is None else rise(expected, losses.holdout))
    if losses.realized is None or seen is None:
        return seen, None
    if losses.replayed is None and expected is not None:
        return seen, rise(losses.realized, expected)
    return seen, rise(total, seen)
