"""What counts as drift: all thresholds of the rule."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DriftThresholds:
    """The thresholds of the rule.

    docs/explanation/drift.md derives the defaults; ``make bench-monitoring`` measures them.

    Attributes
    ----------
    significance_level
        Chance of a false "drifted" in one quiet window, all distribution tests together (0 to 1).
    quality_significance_level
        The same for the tests of missing and out-of-range values.
    minimum_rows
        Smallest number of rows with a value for a verdict.
    minimum_ks_statistic
        Smallest Kolmogorov-Smirnov distance (0 to 1) that counts, however significant it is.
    minimum_auc
        Smallest AUC of the domain classifier (0.5 to 1) that counts.
    minimum_quality_share
        Smallest rise of the share of missing or out-of-range values (0 to 1) that counts.
    minimum_mixed_share
        Smallest estimated share of rows (0 to 1) with inputs of another row that counts.
    minimum_coarse_rise, minimum_stuck_rise
        Smallest rise of the share of values with few decimals, and of one value's share, that counts.
    moderate_severity, high_severity
        Severity from which a verdict is called moderate or high; below both it is low (0 to 1).
    alarm_significance_level
        Corrected p value at which one window alone raises an alarm (0 to 1).
    confirming_windows
        Consecutive drifted windows without common rows that raise an alarm otherwise.
    """

    significance_level: float = 0.005
    quality_significance_level: float = 0.001
    minimum_rows: int = 100
    minimum_ks_statistic: float = 0.03
    minimum_auc: float = 0.53
    minimum_quality_share: float = 0.01
    minimum_mixed_share: float = 0.03
    minimum_coarse_rise: float = 0.05
    minimum_stuck_rise: float = 0.02
    moderate_severity: float = 0.1
    high_severity: float = 0.25
    alarm_significance_level: float = 0.0003
    confirming_windows: int = 2
