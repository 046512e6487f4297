"""What would have to change for a prediction to reach a goal."""

import numpy as np

from backend.contract.counterfactuals import (
    Alternative,
    Change,
    CounterfactualsRequest,
    CounterfactualsResponse,
)
from backend.contract.predictions import Interval
from backend.serving.served_model import ServedModel, ServedPredictions
from storage.domain.inputs import FEATURE_NAMES, FEATURES, HousingFeatures
from storage.schema.arrays import FloatArray
from training.evaluation.counterfactual import MOST_INPUTS, Goal, Inputs, Search
from training.models.reference_profile import spread_of

IS_CATEGORY = np.array([feature.is_category for feature in FEATURES])
IS_WHOLE = np.array([feature.kind == "integer" for feature in FEATURES])
LOWEST = np.array([0.0 if feature.is_category else feature.minimum for feature in FEATURES])
HIGHEST = np.array([np.inf if feature.is_category else feature.maximum for feature in FEATURES])
REACHED = "The present prediction reaches this already."
ALL_FROZEN = "Every input has to stay as it is: nothing is left to change."
NONE_FOUND = (
    "No supported answer: no row near enough to the training data reaches this with an interval that lies "
    "beyond the present one. Let more inputs change, or ask for less."
)


def find_counterfactuals(
    model: ServedModel, asked: CounterfactualsRequest
) -> CounterfactualsResponse:
    """Return at most three rows that reach the goal, or why there is none."""
    row = np.array(asked.input.vector())
    present = model.answer(row[np.newaxis])
    goal = _goal(asked, present)
    inputs = _inputs(model, asked)
    reason, found = None, np.empty((0, len(row)))
    if goal.is_reached(float(present.predicted[0])):
        reason = REACHED
    elif not inputs.free:
        reason = ALL_FROZEN
    else:
        profile = model.profile
        found = Search(model.answer, row, goal, inputs).run(profile.inputs, profile.targets)
        reason = None if len(found) else NONE_FOUND
    return CounterfactualsResponse(
        prediction=float(present.predicted[0]),
        interval=_interval(present, 0, model.coverage),
        alternatives=_alternatives(model, asked.input, found) if len(found) else [],
        reason=reason,
        model_version=model.manifest.version,
    )


def _goal(asked: CounterfactualsRequest, present: ServedPredictions) -> Goal:
    rises = asked.at_least is not None
    value = asked.at_least if asked.at_least is not None else asked.at_most
    bound = present.upper[0] if rises else present.lower[0]
    return Goal(float(value or 0.0), float(bound), rises, asked.minimum_support)


def _inputs(model: ServedModel, asked: CounterfactualsRequest) -> Inputs:
    by_importance = np.argsort(-model.profile.importances, kind="stable").tolist()
    frozen = {FEATURE_NAMES.index(name) for name in asked.frozen}
    free = [column for column in by_importance if column not in frozen]
    spread = spread_of(model.profile.percentiles)
    return Inputs(free[:MOST_INPUTS], spread, LOWEST, HIGHEST, IS_CATEGORY, IS_WHOLE)


def _alternatives(
    model: ServedModel, before: HousingFeatures, rows: FloatArray
) -> list[Alternative]:
    answers = model.answer(rows)
    found = []
    for place, row in enumerate(rows):
        after = HousingFeatures.of(row.tolist())
        found.append(
            Alternative(
                input=after,
                changes=_changes(before, after),
                prediction=float(answers.predicted[place]),
                interval=_interval(answers, place, model.coverage),
                support=float(answers.support[place]),
            )
        )
    return found


def _changes(before: HousingFeatures, after: HousingFeatures) -> list[Change]:
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in FEATURE_NAMES}
    return [
        Change(feature=name, before=old, after=new)
        for name, (old, new) in pairs.items()
        if old != new
    ]


def _interval(answers: ServedPredictions, place: int, coverage: float) -> Interval:
    lower, upper = float(answers.lower[place]), float(answers.upper[place])
    return Interval(lower=lower, upper=upper, coverage=coverage)
