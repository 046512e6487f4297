"""Whether a challenger becomes the champion: a pure decision with every figure and reason.

Paths to promotion, each only if every required check passed:

no champion         nothing to compare with; the checks of the model alone decide
better              its RMSE on the test part is significantly lower
better on recent    the retraining acts on drift or degradation, whoever requested it, it is significantly
                    better on the recent part, and not worse overall

Not worse overall is judged by what traffic looks like: within the margin on the test part weighted by recent
traffic, and within a wide margin on the test part itself, so that traffic from a few places cannot ruin the
others. With too few effective rows, it is within the margin on the test part itself.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from storage.schema.gate import Branch, GateDecision
from storage.schema.gate_check import GateCheck
from storage.schema.predictions import LabelledPredictions
from storage.schema.triggers import TriggerSource
from training.dataset.missing import Missing
from training.evaluation.behaviour import Observation
from training.evaluation.comparison import Comparison
from training.evaluation.traffic_weights import TrafficWeights
from training.promotion.checks import (
    Rules,
    better_check,
    model_checks,
    no_loss_check,
    not_far_worse_check,
    recent_coverage_check,
    slice_checks,
    traffic_check,
    within_margin_check,
)

FIXED, RECENT = "test part", "recent part"
BETTER_ON_FIXED, BETTER_ON_RECENT = f"better on the {FIXED}", f"better on the {RECENT}"
NOT_WORSE_ON_FIXED, NOT_FAR_WORSE = f"not worse on the {FIXED}", f"not far worse on the {FIXED}"
NOT_WORSE_ON_TRAFFIC = f"not worse on the {FIXED} weighted by traffic"
SOURCES_OF_CHANGE: tuple[TriggerSource, ...] = ("drift", "degradation")
"""Sources that request a retraining because the data has moved away from the test part."""
NO_CHAMPION = "there is no champion to compare with, and every check of the model alone passed"
MOST_REASONS = 5
"""Number of reasons in the sentence; the checks list all of them."""


@dataclass(frozen=True)
class Evidence:
    """What the decision is based on.

    Attributes
    ----------
    challenger
        Its answers to the whole test part.
    coverage
        Share of values that its intervals should hold.
    champion_version
        None: there is none, or it cannot be loaded.
    champion_problem
        Why the champion cannot be compared, without a full stop.
    fixed, recent
        Both models' answers to rows that neither was fitted on, from the test part and from recent
        labelled predictions.
    source
        The source of the retraining request.
    latency_microseconds
        Median time of one prediction of the challenger.
    behaviour
        Observations of the challenger's behaviour.
    traffic
        Weights of the rows of ``fixed`` by recent traffic; None: not asked for.
    """

    challenger: LabelledPredictions
    coverage: float
    champion_version: str | None
    fixed: Comparison | Missing
    recent: Comparison | Missing
    source: TriggerSource
    latency_microseconds: float
    behaviour: tuple[Observation, ...]
    champion_problem: str | None = None
    traffic: TrafficWeights | Missing | None = None

    @property
    def has_changed(self) -> bool:
        """Whether the data is said to have moved away from the test part."""
        return self.source in SOURCES_OF_CHANGE


def decide(evidence: Evidence, rules: Rules) -> GateDecision:
    """Decide whether the challenger becomes the champion.

    A challenger with the champion's answers is never promoted: its interval is [0, 0], not below zero.
    """
    checks = list(_checks(evidence, rules))
    branch = _branch(evidence, {check.name: check.passed for check in checks})
    failed = [check for check in checks if check.required and not check.passed]
    promote = branch is not None and not failed
    deciding = _deciding(branch, checks, failed, evidence)
    return GateDecision(
        promote=promote,
        branch=branch,
        source=evidence.source,
        champion_version=evidence.champion_version,
        checks=checks,
        decided_by=[check.name for check in deciding],
        reason=_listed([check.sentence for check in deciding]) or _without_champion(evidence),
    )


def _checks(evidence: Evidence, rules: Rules) -> Iterator[GateCheck]:
    yield from model_checks(
        evidence.challenger,
        evidence.coverage,
        evidence.latency_microseconds,
        evidence.behaviour,
        rules,
    )
    if evidence.champion_version is None:
        return
    yield from _checks_on_fixed(evidence.fixed, rules)
    if evidence.has_changed and isinstance(evidence.fixed, Comparison):
        yield from _checks_by_traffic(evidence.fixed, evidence.traffic, rules)
    yield from _checks_on_recent(evidence.recent, evidence.coverage, rules)


def _checks_on_fixed(fixed: Comparison | Missing, rules: Rules) -> Iterator[GateCheck]:
    if isinstance(fixed, Missing):
        yield _not_compared(BETTER_ON_FIXED, fixed)
        yield _not_compared(NOT_WORSE_ON_FIXED, fixed)
        return
    found = fixed.measure(rules.seed)
    yield better_check(FIXED, found)
    yield within_margin_check(FIXED, found, rules)
    yield from slice_checks(fixed, rules)


def _checks_by_traffic(
    fixed: Comparison, traffic: TrafficWeights | Missing | None, rules: Rules
) -> Iterator[GateCheck]:
    """Return the weighted check, and the wide margin that goes with it if it decides."""
    if traffic is None:
        return
    if isinstance(traffic, Missing):
        yield _not_compared(NOT_WORSE_ON_TRAFFIC, traffic)
        return
    weighted = fixed.measure(rules.seed, weights=traffic.weights)
    yield traffic_check(FIXED, weighted, traffic, rules)
    if traffic.effective_rows >= rules.traffic_minimum_rows:
        yield not_far_worse_check(FIXED, fixed.measure(rules.seed), rules)


def _checks_on_recent(
    recent: Comparison | Missing, coverage: float, rules: Rules
) -> Iterator[GateCheck]:
    if isinstance(recent, Missing):
        yield _not_compared(BETTER_ON_RECENT, recent)
        return
    found = recent.measure(rules.seed)
    yield better_check(RECENT, found)
    yield no_loss_check(f"the {RECENT}", found, rules.margin_share)
    yield recent_coverage_check(recent, coverage, rules)


def _not_compared(name: str, missing: Missing) -> GateCheck:
    sentence = f"unknown whether it is {name}: {missing.reason}"
    return GateCheck(name=name, passed=False, required=False, sentence=sentence)


def _branch(evidence: Evidence, passed: Mapping[str, bool]) -> Branch | None:
    if evidence.champion_version is None:
        return "no champion"
    if passed[BETTER_ON_FIXED]:
        return "better"
    if evidence.has_changed and all(passed[name] for name in _way_of_recent(passed)):
        return "better on recent"
    return None


def _way_of_recent(names: Collection[str]) -> tuple[str, ...]:
    """Return the checks that must pass where recent rows count; ``names`` are those that were made."""
    if NOT_FAR_WORSE in names:
        return (BETTER_ON_RECENT, NOT_WORSE_ON_TRAFFIC, NOT_FAR_WORSE)
    return (BETTER_ON_RECENT, NOT_WORSE_ON_FIXED)


def _deciding(
    branch: Branch | None, checks: list[GateCheck], failed: list[GateCheck], evidence: Evidence
) -> list[GateCheck]:
    """Return the checks that led to the promotion or blocked it: closed paths first, then failed checks."""
    on_recent = _way_of_recent({check.name for check in checks})
    if branch is not None and not failed:
        ways: dict[Branch, tuple[str, ...]] = {
            "no champion": (),
            "better": (BETTER_ON_FIXED,),
            "better on recent": on_recent,
        }
        return [check for name in ways[branch] for check in checks if check.name == name]
    could_lead = (BETTER_ON_FIXED, *(on_recent if evidence.has_changed else ()))
    closed = could_lead if branch is None else ()
    return [check for check in checks if check.name in closed and not check.passed] + failed


def _without_champion(evidence: Evidence) -> str:
    if evidence.champion_problem is None:
        return NO_CHAMPION
    return f"{NO_CHAMPION}; the champion was not compared: {evidence.champion_problem}"


def _listed(sentences: list[str]) -> str:
    more = len(sentences) - MOST_REASONS
    further = [f"and {more} more"] if more > 0 else []
    return "; ".join([*sentences[:MOST_REASONS], *further])
