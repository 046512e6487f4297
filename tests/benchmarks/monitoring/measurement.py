"""The figures: rates of verdicts, false alarms in 30 days, seconds of a report."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from backend.drift.alarm import CheckedWindow, drift_alarm
from backend.drift.detector import DriftDetector
from backend.drift.thresholds import DriftThresholds
from storage.domain.inputs import FEATURE_NAMES
from tests.benchmarks.monitoring.rules import RULES, Verdicts, verdicts
from tests.benchmarks.monitoring.windows import (
    CHANGES,
    LATITUDE,
    LONGITUDE,
    Change,
    Population,
    draw,
    population,
)
from training.dataset.table import HousingTable

CUTS = 10
REFERENCE_ROWS, ANSWERED_ROWS = 13_209, 4_128
QUIET = "quiet"
REMEMBERED_CHECKS = 72

HOURS = 30 * 24
STREAM_REFERENCE_ROWS, STREAM_ANSWERED_ROWS = 4_200, 1_500
ROWS_AN_HOUR, WINDOW_HOURS = 20, 24
BUSY_WINDOW_ROWS = 500

TIMED_REFERENCE_ROWS, TIMED_ROWS, TIMED_RUNS = 16_512, 10_000, 15


def rates(
    table: HousingTable,
    number: int,
    quiet_windows: int,
    changed_windows: int,
    changes: Mapping[str, Change] = CHANGES,
) -> dict[str, dict[str, Any]]:
    """Return by change (and ``quiet``) the share of windows of ``number`` rows that each rule calls drifted.

    The windows are spread evenly over ten cuts of the table, because chance deviations of one reference would
    otherwise be in all of them.
    """
    found: dict[str, list[Verdicts]] = {name: [] for name in (QUIET, *changes)}
    for seed in range(CUTS):
        cut = population(table, REFERENCE_ROWS, ANSWERED_ROWS, seed)
        random = np.random.default_rng([seed, number])
        for _ in range(quiet_windows // CUTS):
            found[QUIET].append(verdicts(cut, draw(cut, number, random)))
        for name, change in changes.items():
            for _ in range(changed_windows // CUTS):
                window = change(draw(cut, number, random), random)
                found[name].append(verdicts(cut, window))
    return {name: _shares(each) for name, each in found.items()}


def alarms_in_quiet_months(table: HousingTable, months: int) -> dict[str, Any]:
    """Count alarms in months of hourly checks where nothing changes, two kinds of traffic.

    ``sliding``: 20 fresh rows an hour, each row of the table at most once a month; each check looks at
    the last 24 hours. ``busy``: each hour 500 rows drawn from rows that are not in the reference.
    """
    sliding, busy = [], []
    for seed in range(months):
        slow = population(table, STREAM_REFERENCE_ROWS, STREAM_ANSWERED_ROWS, 100 + seed)
        sliding.append(_month(_sliding_checks(slow), WINDOW_HOURS))
        fast = population(table, REFERENCE_ROWS, ANSWERED_ROWS, 200 + seed)
        busy.append(_month(_busy_checks(fast, seed), 1))
    return {"sliding": _means(sliding), "busy": _means(busy)}


def report_milliseconds(table: HousingTable) -> dict[str, float]:
    """Time one report, 16,512 reference rows against 10,000 current ones, predictions included.

    Processor time, which is what a report takes where nothing else wants the core, and elapsed time.
    """
    order = np.random.default_rng(0).permutation(len(table))
    reference, rest = order[:TIMED_REFERENCE_ROWS], order[TIMED_REFERENCE_ROWS:]
    current = np.random.default_rng(1).choice(rest, TIMED_ROWS)
    inputs, prices = table.inputs[current], table.targets[current]
    started = time.perf_counter()
    detector = DriftDetector(
        table.inputs[reference],
        FEATURE_NAMES,
        np.full(8, 1 / 8),
        table.targets[reference],
        place=(LATITUDE, LONGITUDE),
    )
    fitted = 1e3 * (time.perf_counter() - started)
    return {
        "fit": fitted,
        **_timed("univariate", lambda: detector.compare(inputs, prices, multivariate=False)),
        **_timed("full", lambda: detector.compare(inputs, prices)),
    }


def _timed(name: str, report: Callable[[], object]) -> dict[str, float]:
    elapsed, processor = [], []
    for _ in range(TIMED_RUNS):
        started, worked = time.perf_counter(), time.process_time()
        report()
        elapsed.append(time.perf_counter() - started)
        processor.append(time.process_time() - worked)
    return {
        name: 1e3 * float(np.median(processor)),
        f"{name}_elapsed": 1e3 * float(np.median(elapsed)),
        f"{name}_fastest_elapsed": 1e3 * min(elapsed),
    }


def _shares(found: list[Verdicts]) -> dict[str, Any]:
    return {
        "windows": len(found),
        **{rule: float(np.mean([getattr(each, rule) for each in found])) for rule in RULES},
        "ours_by_one_input": float(np.mean([bool(each.report.drifted_features) for each in found])),
        "ours_by_all_together": float(
            np.mean(
                [
                    each.report.multivariate is not None and each.report.multivariate.drifted
                    for each in found
                ]
            )
        ),
        "ours_by_prediction": float(
            np.mean(
                [
                    each.report.prediction is not None and each.report.prediction.drifted
                    for each in found
                ]
            )
        ),
    }


def _sliding_checks(cut: Population) -> Iterator[Verdicts]:
    for hour in range(WINDOW_HOURS, HOURS + 1):
        yield verdicts(cut, cut.rows[(hour - WINDOW_HOURS) * ROWS_AN_HOUR : hour * ROWS_AN_HOUR])


def _busy_checks(cut: Population, seed: int) -> Iterator[Verdicts]:
    random = np.random.default_rng(seed)
    for _ in range(HOURS):
        yield verdicts(cut, draw(cut, BUSY_WINDOW_ROWS, random))


def _month(checks: Iterator[Verdicts], window_hours: int) -> dict[str, float]:
    """Return drifted checks and alarms; an alarm that goes on is one alarm."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    history: list[CheckedWindow] = []
    counts = dict.fromkeys(("checks", "drifted_checks", "alarms", "usual_rule_alarms"), 0.0)
    raised = usual = False
    for hour, check in enumerate(checks):
        until = start + timedelta(hours=hour)
        report = check.report
        history.append(
            CheckedWindow(
                until - timedelta(hours=window_hours),
                until,
                report.overall_drift,
                report.smallest_adjusted_p_value,
            )
        )
        alarm = drift_alarm(history[-REMEMBERED_CHECKS:], DriftThresholds()).raised
        counts["checks"] += 1
        counts["drifted_checks"] += check.ours
        counts["alarms"] += alarm and not raised
        counts["usual_rule_alarms"] += check.usual and not usual
        raised, usual = alarm, check.usual
    return counts


def _means(months: list[dict[str, float]]) -> dict[str, Any]:
    means = {name: float(np.mean([each[name] for each in months])) for name in months[0]}
    return {"months": len(months), **means, "worst_month": max(each["alarms"] for each in months)}
