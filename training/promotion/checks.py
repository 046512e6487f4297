"""The gate's checks: each is a pure function's verdict with its figures, its limit and a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from storage.domain.target import TARGET_UNIT
from storage.domain.written import figure
from storage.schema.gate_check import GateCheck
from storage.schema.predictions import LabelledPredictions
from storage.settings import Settings
from training.evaluation.behaviour import Observation
from training.evaluation.bootstrap import shared_confidence
from training.evaluation.comparison import Comparison, ComparisonFigures
from training.evaluation.traffic_weights import TrafficWeights

BASELINE = "better than the mean"
CHANCE_ERRORS = 2.0
"""Standard errors that a share may fall short by chance."""


@dataclass(frozen=True)
class Rules:
    """The limits; see the settings ``promotion_...``."""

    margin_share: float
    slice_margin_share: float
    slice_minimum_rows: int
    coverage_margin_share: float
    latency_budget_microseconds: float
    seed: int
    far_margin_share: float
    traffic_minimum_rows: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the rules from the settings."""
        return cls(
            margin_share=settings.promotion.margin_share,
            slice_margin_share=settings.promotion.slice_margin_share,
            slice_minimum_rows=settings.promotion.slice_minimum_rows,
            coverage_margin_share=settings.promotion.coverage_margin_share,
            latency_budget_microseconds=settings.promotion.latency_budget_microseconds,
            seed=settings.training.random_seed,
            far_margin_share=settings.promotion.far_margin_share,
            traffic_minimum_rows=settings.promotion.traffic_minimum_rows,
        )


def baseline_check(answers: LabelledPredictions, rules: Rules) -> GateCheck:
    """Whether the answers are significantly better than the mean of the values, which is an R2 of 0.

    That mean is the best that a model can answer which learned nothing from its inputs.
    """
    mean = np.full(len(answers), np.mean(answers.actual))
    found = Comparison(answers, replace(answers, predicted=mean)).measure(rules.seed)
    verdict = "better" if found.is_better else "not proven better"
    return GateCheck(
        name=BASELINE,
        passed=found.is_better,
        required=True,
        sentence=f"{verdict} than always answering the mean: {in_words(found, 'the mean')}",
        figures=figures_of(found, "mean"),
        limit=0.0,
    )


def coverage_check(answers: LabelledPredictions, coverage: float, rules: Rules) -> GateCheck:
    """Whether the intervals hold the share of the test part's values that they promise, ``coverage``.

    They may fall short by the margin, and by two standard errors sqrt(c (1 - c) / n) of a share c of n rows.
    """
    return _coverage("coverage on the test part", answers, coverage, rules)


def recent_coverage_check(recent: Comparison, coverage: float, rules: Rules) -> GateCheck:
    """Whether the intervals hold recent values at least as often as the champion's do.

    After a drift perhaps no model reaches the promised coverage there, so the champion's is the standard.
    """
    kept = min(coverage, _held(recent.champion))
    return _coverage("coverage on the recent part", recent.challenger, kept, rules)


def latency_check(microseconds: float, rules: Rules) -> GateCheck:
    """Whether one prediction is answered within the budget."""
    budget = rules.latency_budget_microseconds
    return GateCheck(
        name="latency",
        passed=microseconds <= budget,
        required=True,
        sentence=f"one prediction takes {microseconds:,.0f} us; the budget is {budget:,.0f} us",
        figures={"microseconds": microseconds},
        limit=budget,
    )


def behaviour_checks(observations: Sequence[Observation]) -> Iterator[GateCheck]:
    """Return a check for each promise that every model must keep."""
    for seen in observations:
        yield GateCheck(
            name=f"behaviour: {seen.promise}",
            passed=seen.holds,
            required=True,
            sentence=seen.sentence,
            figures={"rows": seen.rows, "broken": seen.broken},
            limit=0,
        )


def model_checks(
    answers: LabelledPredictions,
    coverage: float,
    latency_microseconds: float,
    behaviour: Sequence[Observation],
    rules: Rules,
) -> tuple[GateCheck, ...]:
    """Return the checks of a model itself, which need no champion; ``answers`` are those to the test part."""
    return (
        baseline_check(answers, rules),
        coverage_check(answers, coverage, rules),
        latency_check(latency_microseconds, rules),
        *behaviour_checks(behaviour),
    )


def better_check(part: str, found: ComparisonFigures) -> GateCheck:
    """Whether the challenger is significantly better on a part."""
    verdict = "significantly better" if found.is_better else "not proven better"
    return GateCheck(
        name=f"better on the {part}",
        passed=found.is_better,
        required=False,
        sentence=f"{verdict} on the {part}: {in_words(found)}",
        figures=figures_of(found),
        limit=0.0,
    )


def within_margin_check(part: str, found: ComparisonFigures, rules: Rules) -> GateCheck:
    """Whether the challenger is shown to be worse on a part by no more than the margin."""
    return _margin_check(f"not worse on the {part}", "margin", part, found, rules.margin_share)


def not_far_worse_check(part: str, found: ComparisonFigures, rules: Rules) -> GateCheck:
    """Whether the challenger is shown to be worse on a part by no more than the wide margin.

    It limits what may be lost where there is little traffic now.
    """
    name, margin = f"not far worse on the {part}", rules.far_margin_share
    return _margin_check(name, "wide margin", part, found, margin)


def traffic_check(
    part: str, found: ComparisonFigures, traffic: TrafficWeights, rules: Rules
) -> GateCheck:
    """Whether the challenger is shown to be worse by no more than the margin, as traffic weighs the part.

    ``found`` is measured with the weights of ``traffic``.
    """
    weighted = f"{part} weighted by {traffic.traffic_rows:,} predictions of recent traffic"
    name = f"not worse on the {part} weighted by traffic"
    check = _margin_check(name, "margin", weighted, found, rules.margin_share)
    effective, fewest = traffic.effective_rows, rules.traffic_minimum_rows
    few = "" if effective >= fewest else f" of at least {fewest:,.0f}, so the {part} itself decides"
    rows = {"effective_rows": effective, "traffic_rows": traffic.traffic_rows}
    return check.model_copy(
        update={
            "sentence": f"{check.sentence}; {effective:,.0f} effective rows{few}",
            "figures": check.figures | rows,
        }
    )


def _margin_check(
    name: str, margin: str, part: str, found: ComparisonFigures, share: float
) -> GateCheck:
    within = found.stays_within(share)
    verdict = "within" if within else "not proven to be within"
    return GateCheck(
        name=name,
        passed=within,
        required=False,
        sentence=f"{verdict} the {margin} of {share:.1%} on the {part}: {in_words(found)}",
        figures=figures_of(found),
        limit=found.allowed(share),
    )


def no_loss_check(name: str, found: ComparisonFigures, margin: float) -> GateCheck:
    """Whether the challenger is not significantly worse on some rows by more than a margin."""
    worse = found.is_worse(margin)
    verdict = (
        f"significantly worse by more than {margin:.1%}" if worse else "not significantly worse"
    )
    return GateCheck(
        name=f"no loss on {name}",
        passed=not worse,
        required=True,
        sentence=f"{verdict} on {name}: {in_words(found)}",
        figures=figures_of(found),
        limit=found.allowed(margin),
    )


def slice_checks(fixed: Comparison, rules: Rules) -> Iterator[GateCheck]:
    """Return, for each segment of the test part, whether the challenger is not worse there.

    Of many segments, one is worse by chance more often than a single one would be. So each interval has
    the confidence at which all k intervals hold together (``shared_confidence``).
    """
    slices = {" ".join(kind): rows for kind, rows in fixed.slices()}
    judged = {name for name, rows in slices.items() if len(rows) >= rules.slice_minimum_rows}
    confidence = shared_confidence(len(judged))
    for name, rows in slices.items():
        if name in judged:
            found = rows.measure(rules.seed, confidence)
            yield no_loss_check(name, found, rules.slice_margin_share)
        else:
            yield _not_judged(name, len(rows), rules)


def figures_of(found: ComparisonFigures, other: str = "champion") -> dict[str, float | int]:
    """Return a comparison's figures by name; errors in the target's unit."""
    return {
        "rows": found.rows,
        "challenger_rmse": found.challenger_rmse,
        f"{other}_rmse": found.champion_rmse,
        "difference": found.difference.value,
        "difference_lower": found.difference.lower,
        "difference_upper": found.difference.upper,
        "confidence": found.confidence,
    }


def in_words(found: ComparisonFigures, other: str = "champion") -> str:
    """Return a comparison's figures in words; ``other`` is what the challenger is compared with."""
    difference = found.difference
    return (
        f"RMSE {figure(found.challenger_rmse)}, {other}'s {figure(found.champion_rmse)} "
        f"({TARGET_UNIT}, {found.rows:,} rows; {found.confidence:.1%} interval of the difference "
        f"{figure(difference.lower, sign='+')} to {figure(difference.upper, sign='+')})"
    )


def _not_judged(name: str, rows: int, rules: Rules) -> GateCheck:
    return GateCheck(
        name=f"no loss on {name}",
        passed=True,
        required=True,
        sentence=f"{name} is not judged: {rows} rows; at least {rules.slice_minimum_rows} are needed",
        figures={"rows": rows},
    )


def _coverage(name: str, answers: LabelledPredictions, promised: float, rules: Rules) -> GateCheck:
    held = _held(answers)
    chance = CHANCE_ERRORS * float(np.sqrt(promised * (1.0 - promised) / len(answers)))
    limit = max(promised - rules.coverage_margin_share - chance, 0.0)
    return GateCheck(
        name=name,
        passed=held >= limit,
        required=True,
        sentence=f"{name}: {held:.1%} of {len(answers):,} values inside; at least {limit:.1%} needed",
        figures={"rows": len(answers), "coverage": held, "promised": promised},
        limit=limit,
    )


def _held(answers: LabelledPredictions) -> float:
    return float(np.mean(answers.is_held))
