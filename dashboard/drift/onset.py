"""One column over time in words: since when it is beyond its expected range, and why the verdict may differ.

The verdict is about the whole period, the chart about each step: with fewer predictions, a step needs a
larger difference to count.
"""

from collections.abc import Mapping

from backend.contract.drift.analysis import ColumnScore
from backend.contract.drift.timeline import DriftOnset
from dashboard.wording.moment import to_the_second


def onset_words(onset: DriftOnset) -> str:
    """Say since when the column is beyond its expected range, or that it is not.

    Examples
    --------
    >>> steps = {"steps": 12, "steps_compared": 9, "steps_beyond": 0}
    >>> onset_words(DriftOnset(**steps, first_beyond=None, last_within=None, last_beyond=None))
    'No step is beyond its expected range.'
    """
    if not onset.steps_compared:
        return "No step has enough predictions to compare."
    if onset.last_beyond is None:
        return "No step is beyond its expected range."
    if onset.first_beyond is None:
        steps = "1 step was" if onset.steps_beyond == 1 else f"{onset.steps_beyond} steps were"
        return (
            "Within the expected range in the newest step; "
            f"{steps} beyond it, the last at {to_the_second(onset.last_beyond)}."
        )
    since = f"Beyond the expected range since {to_the_second(onset.first_beyond)}"
    if onset.last_within is None:
        return f"{since}, the first step compared; a longer period may show when it began."
    return f"{since}; the last step within it began {to_the_second(onset.last_within)}."


def agreement_words(score: ColumnScore, onset: DriftOnset, thresholds: Mapping[str, float]) -> str:
    """Say why the verdict on the whole period and the steps seem to differ; empty if they do not.

    Parameters
    ----------
    thresholds
        Those of the comparison, by name.
    """
    if score.drifted and not _distribution_drifted(score, thresholds):
        return "The input drifted by its missing or out-of-range values, which the steps below do not show."
    if score.drifted and onset.steps_compared and not onset.steps_beyond:
        return (
            "The period as a whole drifted all the same: it has more predictions than each step, so a "
            "smaller difference is beyond chance."
        )
    if not score.drifted and score.ks_statistic is not None and onset.steps_beyond:
        return (
            "The period as a whole counts as no drift all the same: over all its predictions the difference "
            f"is {score.ks_statistic:.1%}, too small to count."
        )
    return ""


def _distribution_drifted(score: ColumnScore, thresholds: Mapping[str, float]) -> bool:
    if score.ks_statistic is None or score.adjusted_p_value is None:
        return False
    return (
        score.adjusted_p_value < thresholds["significance_level"]
        and score.ks_statistic >= thresholds["minimum_ks_statistic"]
    )
