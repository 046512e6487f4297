"""The rule: quiet on quiet windows, awake on real changes, silent on trifles, honest without data."""

import math
from dataclasses import replace

import numpy as np
import pytest

from backend.drift.detector import DriftDetector
from backend.drift.report import DriftReport
from backend.drift.thresholds import DriftThresholds


def first(report: DriftReport) -> str:
    """The input that is ranked first."""
    return next(iter(report.drift_scores))


def test_a_quiet_window_is_quiet(detector: DriftDetector, window: np.ndarray) -> None:
    report = detector.compare(window)
    assert (report.status, report.overall_drift, report.severity) == ("ok", False, "none")
    assert report.drift_share == 0
    assert report.reasons == ["No significant difference from the training data."]
    assert report.multivariate is not None
    assert 0.45 < report.multivariate.auc < 0.53


def test_a_raised_input_is_named_ranked_first_and_explained(
    detector: DriftDetector, window: np.ndarray
) -> None:
    window[:, 0] *= 1.1
    report = detector.compare(window)
    assert report.overall_drift
    assert report.drifted_features == ["MedInc"]
    assert first(report) == "MedInc"
    assert report.reasons[0].startswith("Median income: the distribution shifted by up to")


def test_decoupled_inputs_are_seen_by_all_columns_together_only(
    detector: DriftDetector, window: np.ndarray
) -> None:
    window[:, 0] = np.random.default_rng(0).permutation(window[:, 0])
    report = detector.compare(window)
    assert report.drifted_features == []
    assert report.multivariate is not None
    assert report.multivariate.drifted
    assert report.overall_drift
    assert "MedInc" in report.multivariate.leading_inputs
    assert "All inputs together" in report.reasons[0]
    assert detector.compare(window, multivariate=False).overall_drift is False


def test_the_same_drift_is_graver_in_an_important_input(window: np.ndarray) -> None:
    reference = np.random.default_rng(0).normal(size=(5_000, 2))
    current = np.random.default_rng(1).normal(0.5, size=(500, 2))
    for importances in ([0.9, 0.1], [0.1, 0.9]):
        report = DriftDetector(reference, ("a", "b"), np.array(importances)).compare(current)
        assert first(report) == ("a" if importances[0] > 0.5 else "b")


def test_a_huge_window_does_not_alarm_on_a_trifle() -> None:
    random = np.random.default_rng(0)
    detector = DriftDetector(random.normal(size=(200_000, 1)), ("a",), np.ones(1))
    current = random.normal(0.02, size=(200_000, 1))
    report = detector.compare(current, multivariate=False)
    column = report.drift_scores["a"]
    assert column.adjusted_p_value is not None
    assert column.adjusted_p_value < 0.001
    assert not column.drifted
    assert report.overall_drift is False
    lower = replace(DriftThresholds(), minimum_ks_statistic=0.005)
    assert detector.compare(current, None, lower, multivariate=False).overall_drift


@pytest.mark.parametrize(("rows", "said"), [(0, "0 rows"), (1, "1 row"), (99, "99 rows")])
def test_too_few_rows_are_no_verdict(
    detector: DriftDetector, window: np.ndarray, rows: int, said: str
) -> None:
    report = detector.compare(window[:rows])
    assert report.status == "not_enough_data"
    assert report.overall_drift is None
    assert report.drift_share is None
    assert report.reasons == [f"Not enough data: {said}, and a verdict needs 100."]


def test_a_window_of_missing_values_only_is_drift_of_quality(
    detector: DriftDetector, window: np.ndarray
) -> None:
    report = detector.compare(np.full_like(window, np.nan))
    assert report.overall_drift
    assert len(report.drifted_features) == 8
    assert report.multivariate is None
    assert "100.0% of the values are missing" in report.reasons[0]


def test_one_missing_column_leaves_the_others_judged(
    detector: DriftDetector, window: np.ndarray
) -> None:
    window[:, 3] = np.nan
    report = detector.compare(window)
    assert report.drifted_features == ["AveBedrms"]
    assert report.drift_scores["AveBedrms"].ks_statistic is None
    assert report.multivariate is None  # no row is complete


def test_columns_that_stand_still_are_drift(detector: DriftDetector, window: np.ndarray) -> None:
    window[:, 1:] = window[0, 1:]
    report = detector.compare(window)
    assert set(report.drifted_features) == set(detector.names[1:])
    assert report.severity == "high"
    _assert_finite(report)


def test_drifted_predictions_are_drift(
    detector: DriftDetector, window: np.ndarray, shuffled_table: np.ndarray
) -> None:
    predictions = shuffled_table[16_512:18_512, -1]
    assert detector.compare(window, predictions).overall_drift is False
    report = detector.compare(window, predictions * 1.2)
    assert report.prediction is not None
    assert report.prediction.drifted
    assert report.drifted_features == []
    assert report.reasons[0].startswith("Predicted price: the distribution")
    assert detector.compare(window, predictions * np.nan).prediction is None


@pytest.mark.parametrize("times", [2, 3])
def test_rows_that_are_asked_again_count_once(
    detector: DriftDetector, window: np.ndarray, shuffled_table: np.ndarray, times: int
) -> None:
    predictions = shuffled_table[16_512:18_512, -1]
    once = detector.compare(window, predictions)
    again = detector.compare(np.tile(window, (times, 1)), np.tile(predictions, times))
    assert (again.n_samples, again.different_rows) == (times * 2_000, once.different_rows)
    assert again.overall_drift is False
    for name, score in once.drift_scores.items():
        assert again.drift_scores[name] == score


def test_a_row_out_of_range_counts_once_unless_a_broken_source_sends_it(
    detector: DriftDetector, window: np.ndarray
) -> None:
    window[0, 0] = 99.0
    thrice = np.vstack([window[:150], window[:1], window[:1]])
    assert detector.compare(thrice).different_rows == 150
    assert detector.compare(thrice).overall_drift is False
    broken = np.vstack([window[:150], np.tile(window[:1], (50, 1))])
    report = detector.compare(broken)
    assert (report.different_rows, report.drifted_features[:1]) == (200, ["MedInc"])


def test_one_row_asked_all_day_is_no_verdict(detector: DriftDetector, window: np.ndarray) -> None:
    window[:] = window[0]
    report = detector.compare(window)
    assert report.overall_drift is None
    assert report.reasons == [
        "Not enough data: 2000 rows, 1 of them different, and a verdict needs 100."
    ]


def test_where_training_repeats_its_rows_how_often_they_come_counts() -> None:
    reference = np.repeat([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], [600, 300, 100], axis=0)
    detector = DriftDetector(reference, ("a", "b"), np.full(2, 0.5), categories={0: 2, 1: 2})
    assert detector.compare(reference[::2]).overall_drift is False
    report = detector.compare(np.repeat([[0.0, 0.0], [1.0, 1.0]], [100, 400], axis=0))
    assert (report.different_rows, report.drifted_features) == (500, ["b", "a"])


def test_the_same_window_gives_the_same_report(detector: DriftDetector, window: np.ndarray) -> None:
    assert detector.compare(window) == detector.compare(window.copy())


def _assert_finite(report: DriftReport) -> None:
    for score in report.drift_scores.values():
        assert all(value is not None and math.isfinite(value) for value in vars(score).values())
    assert report.smallest_adjusted_p_value is not None
    assert math.isfinite(report.smallest_adjusted_p_value)
