"""Whether promoted intervals around the same answers are significantly worse than those before them.

The error of such a version equals that of the one before, so ``watch_rules.judge`` would never find it worse.
"""

from dataclasses import asdict, dataclass

import numpy as np

from storage.domain.target import TARGET_UNIT
from storage.domain.written import figure
from training.evaluation.bootstrap import PAIRED_REPEATS, percentile_interval, resampled_means
from training.evaluation.comparison import Comparison
from training.models.interval_figures import interval_scores
from training.promotion.watch_rules import WatchRules


@dataclass(frozen=True)
class ScoreFigures:
    """Interval scores, lower is better, and coverages of a version and of the one before, on the same rows.

    The ends of the paired interval are those of the difference of the scores, in the target's unit.
    """

    rows: int
    interval_score: float
    previous_interval_score: float
    difference_lower: float
    difference_upper: float
    coverage: float
    previous_coverage: float
    confidence: float


@dataclass(frozen=True)
class IntervalVerdict:
    """The result of one comparison; ``sentence`` is for a person, without a full stop."""

    is_worse: bool
    found: ScoreFigures
    sentence: str

    def figures(self) -> dict[str, float | int | None]:
        """Return the figures by name."""
        return asdict(self.found)


def judge_intervals(comparison: Comparison, coverage: float, rules: WatchRules) -> IntervalVerdict:
    """Judge a promoted version, whose answers are those of the one before it, by its intervals.

    It is worse if the paired bootstrap interval of the difference of mean interval scores is above zero, for
    intervals that should hold the share ``coverage`` of the values.

    Examples
    --------
    >>> from storage.schema.predictions import Predictions
    >>> actual, zero = np.random.default_rng(0).normal(0.0, 1.0, 400), np.zeros(400)
    >>> def answers(half_width):
    ...     found = Predictions(zero, zero - half_width, zero + half_width)
    ...     return found.labelled(actual, np.zeros((400, 8)))
    >>> rules = WatchRules(minimum_rows=100, false_alarm=0.05, seed=0)
    >>> judge_intervals(Comparison(answers(3.5), answers(1.645)), 0.9, rules).is_worse
    True
    >>> judge_intervals(Comparison(answers(1.645), answers(0.8)), 0.9, rules).is_worse
    False
    """
    new, old = comparison.challenger, comparison.champion
    scores, before = (
        interval_scores(each.lower, each.upper, each.actual, coverage) for each in (new, old)
    )
    differences = scores - before
    resampled = resampled_means(differences[:, np.newaxis], rules.seed, PAIRED_REPEATS)[:, 0]
    difference = percentile_interval(float(np.mean(differences)), resampled, rules.confidence)
    found = ScoreFigures(
        rows=len(comparison),
        interval_score=float(np.mean(scores)),
        previous_interval_score=float(np.mean(before)),
        difference_lower=difference.lower,
        difference_upper=difference.upper,
        coverage=float(np.mean(new.is_held)),
        previous_coverage=float(np.mean(old.is_held)),
        confidence=rules.confidence,
    )
    is_worse = difference.lower > 0.0
    return IntervalVerdict(is_worse, found, _sentence(found, is_worse))


def _sentence(found: ScoreFigures, is_worse: bool) -> str:
    verdict = "significantly worse" if is_worse else "not proven worse"
    return (
        f"{verdict} by its intervals on {found.rows:,} labelled predictions: interval score "
        f"{figure(found.interval_score)}, the previous version's {figure(found.previous_interval_score)} "
        f"({TARGET_UNIT}); they hold {found.coverage:.1%} of the values, the previous ones "
        f"{found.previous_coverage:.1%}"
    )
