"""Whether a promoted version is significantly worse than the one before it: a pure, repeated decision.

Comparisons repeat while labels come in, and each may be wrong by chance. With at most K comparisons, each
gets an equal part of the allowed probability of a false rollback (Bonferroni): alpha_k = alpha / K. The union
bound holds however dependent they are: P(any comparison is wrong) <= sum of alpha_k = alpha. The first is
at the minimum number of rows, each further one at twice the rows of the one before, the last at the end of
the period, so that smaller losses are tested once there are enough rows to detect them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from storage.domain.written import figure
from storage.settings import Settings
from training.evaluation.comparison import Comparison, ComparisonFigures

LOOKS = 8
"""K. With the default minimum: at 100, 200, ... 6,400 rows, and at the end."""
GROWTH = 2


@dataclass(frozen=True)
class WatchRules:
    """How a promotion is watched.

    Attributes
    ----------
    minimum_rows
        Labelled rows below which no comparison is made.
    false_alarm
        alpha: probability that one watch rolls back a version as good as the one before.
    seed
        Of the resampling.
    """

    minimum_rows: int
    false_alarm: float
    seed: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the rules that the settings describe."""
        false_alarm = 1.0 - settings.watch.confidence_share
        return cls(settings.watch.minimum_rows, false_alarm, settings.training.random_seed)

    @property
    def confidence(self) -> float:
        """Confidence of each comparison's two-sided interval: 1 - 2 alpha / K.

        Examples
        --------
        >>> WatchRules(minimum_rows=100, false_alarm=0.05, seed=0).confidence
        0.9875
        """
        return 1.0 - 2.0 * self.false_alarm / LOOKS

    def is_due(self, rows: int, seen_rows: int, looks: int) -> bool:
        """Whether to compare before the end of the period, which has a comparison of its own.

        Parameters
        ----------
        rows, seen_rows
            Labelled rows now, and at the previous comparison.
        looks
            Number of comparisons so far.

        Examples
        --------
        >>> rules = WatchRules(minimum_rows=100, false_alarm=0.05, seed=0)
        >>> [rules.is_due(rows, seen, 1) for rows, seen in ((99, 0), (100, 0), (199, 100), (200, 100))]
        [False, True, False, True]
        """
        return looks < LOOKS - 1 and rows >= max(self.minimum_rows, GROWTH * seen_rows)


@dataclass(frozen=True)
class Verdict:
    """The result of one comparison; ``sentence`` is for a person, without a full stop."""

    is_worse: bool
    found: ComparisonFigures
    sentence: str

    def figures(self) -> dict[str, float | int | None]:
        """Return the figures, errors in the target's unit; None if not finite."""
        found = self.found
        figures = {
            "rmse": found.challenger_rmse,
            "previous_rmse": found.champion_rmse,
            "difference": found.difference.value,
            "difference_lower": found.difference.lower,
            "difference_upper": found.difference.upper,
        }
        finite = {name: one if np.isfinite(one) else None for name, one in figures.items()}
        return {"rows": found.rows, **finite, "confidence": found.confidence}


def judge(comparison: Comparison, rules: WatchRules) -> Verdict:
    """Judge the promoted version, its challenger, against the one before it, its champion.

    It is worse if the paired bootstrap interval of RMSE(new) - RMSE(previous) is above zero. If the previous
    version's answers are not all finite, it does not count as worse, because rolling back would not help.

    Examples
    --------
    >>> from storage.schema.predictions import Predictions
    >>> random = np.random.default_rng(0)
    >>> actual, noise = random.normal(2.0, 1.0, 400), random.normal(0.0, 0.5, 400)
    >>> def answers(predicted):
    ...     return Predictions(predicted, predicted, predicted).labelled(actual, np.zeros((400, 8)))
    >>> rules = WatchRules(minimum_rows=100, false_alarm=0.05, seed=0)
    >>> judge(Comparison(answers(actual + 1.2 * noise), answers(actual + noise)), rules).is_worse
    True
    >>> judge(Comparison(answers(actual + noise), answers(actual + noise)), rules).is_worse
    False
    """
    found = comparison.measure(rules.seed, rules.confidence)
    is_worse = bool(np.isfinite(found.champion_rmse)) and found.is_worse(0.0)
    return Verdict(is_worse, found, _sentence(found, is_worse))


def _sentence(found: ComparisonFigures, is_worse: bool) -> str:
    verdict = "significantly worse" if is_worse else "not proven worse"
    interval = " to ".join(
        figure(bound, sign="+") for bound in (found.difference.lower, found.difference.upper)
    )
    return (
        f"{verdict} on {found.rows:,} labelled predictions: RMSE {figure(found.challenger_rmse)}, the "
        f"previous version's {figure(found.champion_rmse)}, difference {interval} at "
        f"{found.confidence:.2%} confidence"
    )
