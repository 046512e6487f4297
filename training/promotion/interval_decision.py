"""Whether the champion's model gets intervals that recent labels calibrated: a pure decision.

The answers stay the same, so the error proves nothing either way. What counts is the coverage: the intervals
that serve are shown not to hold, and on rows that calibrated nothing the new ones come nearer to what is
promised, without a higher interval score. Else the intervals stay, as one bad window is chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storage.domain.target import TARGET_UNIT
from storage.domain.written import figure
from storage.schema.gate import GateDecision
from storage.schema.gate_check import GateCheck
from storage.schema.predictions import LabelledPredictions
from storage.schema.triggers import TriggerSource
from training.evaluation.behaviour import Observation
from training.evaluation.comparison import Comparison
from training.evaluation.share import share_estimate
from training.models.interval_figures import interval_score
from training.promotion.checks import Rules, behaviour_checks

NO_LONGER_HOLD = "the champion's intervals no longer hold"
NEARER = "coverage on the recent part"
SCORE = "interval score on the recent part"
SAME_MODEL = "the same model with intervals calibrated on recent labels: "
OWN = (NO_LONGER_HOLD, NEARER, SCORE)


@dataclass(frozen=True)
class IntervalEvidence:
    """What the decision is based on.

    Attributes
    ----------
    calibrating
        The champion's answers to the rows that calibrated the new intervals, more than none.
    judging
        The same model's answers with new and with the champion's intervals, to rows that calibrated neither,
        more than none.
    coverage
        Share of values that intervals should hold.
    behaviour
        Observations of the model's behaviour with the new intervals.
    """

    champion_version: str
    calibrating: LabelledPredictions
    judging: Comparison
    coverage: float
    source: TriggerSource
    behaviour: tuple[Observation, ...] = ()


def decide_intervals(evidence: IntervalEvidence, rules: Rules) -> GateDecision:
    """Decide whether a version with the new intervals becomes the champion: only if all checks passed."""
    own = [
        no_longer_hold_check(evidence.calibrating, evidence.coverage, rules),
        nearer_check(evidence.judging, evidence.coverage),
        score_check(evidence.judging, evidence.coverage),
    ]
    checks = [*own, *behaviour_checks(evidence.behaviour)]
    return decided(checks, evidence.champion_version, evidence.source)


def decided(
    checks: Sequence[GateCheck], champion_version: str, source: TriggerSource
) -> GateDecision:
    """Return the decision that follows from its checks, as those of a published version are kept."""
    failed = [check for check in checks if not check.passed]
    deciding = failed or [check for check in checks if check.name in OWN]
    return GateDecision(
        promote=not failed,
        branch=None if failed else "better intervals",
        source=source,
        champion_version=champion_version,
        checks=list(checks),
        decided_by=[check.name for check in deciding],
        reason=("" if failed else SAME_MODEL) + "; ".join(check.sentence for check in deciding),
    )


def no_longer_hold_check(answers: LabelledPredictions, coverage: float, rules: Rules) -> GateCheck:
    """Whether the coverage is shown to be further from what is promised than the margin, on either side.

    Shown means: its whole 95 % interval lies outside.
    """
    found = share_estimate(int(answers.is_held.sum()), len(answers))
    lowest, highest = coverage - rules.coverage_margin_share, coverage + rules.coverage_margin_share
    is_off = found.upper < lowest or found.lower > highest
    verdict = "no longer hold" if is_off else "are not shown to hold too few or too many"
    return GateCheck(
        name=NO_LONGER_HOLD,
        passed=is_off,
        required=True,
        sentence=f"the champion's intervals {verdict}: {found.value:.1%} of {len(answers):,} recent labelled "
        f"values inside (95% interval {found.lower:.1%} to {found.upper:.1%}); {lowest:.1%} to {highest:.1%} "
        "is right",
        figures={
            "rows": len(answers),
            "coverage": found.value,
            "coverage_lower": found.lower,
            "coverage_upper": found.upper,
            "promised": coverage,
        },
        limit=rules.coverage_margin_share,
    )


def nearer_check(judging: Comparison, coverage: float) -> GateCheck:
    """Whether the coverage comes nearer to what is promised, on rows that calibrated nothing."""
    new, old = (float(np.mean(each.is_held)) for each in (judging.challenger, judging.champion))
    is_nearer = abs(new - coverage) < abs(old - coverage)
    verdict = "nearer" if is_nearer else "not nearer"
    return GateCheck(
        name=NEARER,
        passed=is_nearer,
        required=True,
        sentence=f"{NEARER}: the new intervals hold {new:.1%} of {len(judging):,} values that calibrated "
        f"nothing, the champion's {old:.1%}: {verdict} to {coverage:.0%}",
        figures={
            "rows": len(judging),
            "coverage": new,
            "champion_coverage": old,
            "promised": coverage,
        },
        limit=abs(old - coverage),
    )


def score_check(judging: Comparison, coverage: float) -> GateCheck:
    """Whether the interval score is not higher than the champion's, on rows that calibrated nothing.

    It charges width and misses together, so the coverage cannot be bought by needless width.
    """
    new, old = (mean_score(each, coverage) for each in (judging.challenger, judging.champion))
    is_kept = new <= old
    verdict = "not higher than" if is_kept else "higher than"
    return GateCheck(
        name=SCORE,
        passed=is_kept,
        required=True,
        sentence=f"{SCORE}: {figure(new)}, {verdict} the champion's {figure(old)} ({TARGET_UNIT}, "
        f"{len(judging):,} rows)",
        figures={"rows": len(judging), "score": new, "champion_score": old},
        limit=old,
    )


def mean_score(answers: LabelledPredictions, coverage: float) -> float:
    """Return the mean interval score of answers, in the target's unit; lower is better."""
    return interval_score(answers.lower, answers.upper, answers.actual, coverage)
