"""How often real traffic in which nothing changes is called drifted, and whether a real change is seen in it.

Each service has its own cut of the table and its own clients. Four weeks of days are its usual traffic; the
days after them are judged by the rule that counted each row and knew only the training data, by that rule as
it is, and by the service's own four weeks.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from backend.contract.drift.analysis import UsualTraffic
from backend.drift.alarm import CheckedWindow, drift_alarm
from backend.drift.detector import DriftDetector
from backend.drift.repeated import RepeatedRows
from backend.drift.thresholds import DriftThresholds
from backend.drift.usual.comparison import compare_with_usual, earlier_periods
from backend.drift.usual.sums import TrafficSums
from storage.schema.arrays import FloatArray, IndexArray
from tests.benchmarks.monitoring.traffic import TRAFFIC, Random, Traffic
from tests.benchmarks.monitoring.windows import CHANGES, Population, population
from training.dataset.table import HousingTable

REFERENCE_ROWS, ANSWERED_ROWS = 8_000, 2_000
KNOWN_DAYS = 28
DAY_ROWS = 500
CUTS = 10
DAYS_JUDGED = 10
"""Of each service; so many services of each kind as give the wished number of windows."""
RAISED = "MedInc +10 %"

ROWS_AN_HOUR, DAY_HOURS, MONTH_DAYS = 21, 24, 30
RULE = DriftThresholds()
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class _EveryRow(RepeatedRows):
    """Counts every row, as the rule did before."""

    def counted(self, inputs: FloatArray) -> IndexArray:
        return np.arange(len(inputs))


@dataclass(frozen=True)
class _Service:
    population: Population
    before: DriftDetector
    traffic: Traffic
    random: Random

    def day(self, number: int) -> FloatArray:
        return self.traffic(number, DAY_ROWS, self.random)

    def sums(self, rows: FloatArray) -> TrafficSums:
        return self.population.detector.sums(rows, self.population.model.predict(rows))

    def differs_from_training(self, detector: DriftDetector, rows: FloatArray) -> bool:
        predictions = self.population.model.predict(rows)
        return bool(detector.compare(rows, predictions, RULE).overall_drift)


def traffic_rates(table: HousingTable, windows: int) -> dict[str, dict[str, Any]]:
    """Return by traffic the shares of days of 500 rows that each rule calls drifted, and a change seen."""
    services = max(windows // (CUTS * DAYS_JUDGED), 1)
    found: dict[str, list[dict[str, bool]]] = {name: [] for name in TRAFFIC}
    for cut in _cuts(table, CUTS):
        for name in TRAFFIC:
            for number in range(services):
                found[name] += _judged(_service(*cut, name, number))
    return {
        name: {"windows": len(each)}
        | {rule: float(np.mean([one[rule] for one in each])) for rule in each[0]}
        for name, each in found.items()
    }


def traffic_months(table: HousingTable, months: int) -> dict[str, dict[str, Any]]:
    """Count alarms in months of hourly checks of the last 24 hours, after four weeks, by traffic.

    The rule before is followed for the first month only: it costs a thousand times as much.
    """
    found: dict[str, list[float]] = {name: [] for name in TRAFFIC}
    before = {}
    for number, cut in enumerate(_cuts(table, months)):
        for name in TRAFFIC:
            service = _service(*cut, name, number)
            hours = [
                service.traffic(hour / DAY_HOURS, ROWS_AN_HOUR, service.random)
                for hour in range((KNOWN_DAYS + MONTH_DAYS) * DAY_HOURS)
            ]
            found[name].append(_alarms(_usual_checks(service, hours)))
            if number == 0:
                before[name] = _alarms(_checks_before(service, hours))
    return {
        name: {
            "months": months,
            "alarms": float(np.mean(each)),
            "worst_month": max(each),
            "alarms_before": before[name],
        }
        for name, each in found.items()
    }


def _cuts(table: HousingTable, number: int) -> Iterator[tuple[int, Population, DriftDetector]]:
    for seed in range(number):
        cut = population(table, REFERENCE_ROWS, ANSWERED_ROWS, 300 + seed)
        before = copy.copy(cut.detector)
        before.repeated = _EveryRow(cut.rows[:1])
        yield seed, cut, before


def _service(
    seed: int, cut: Population, before: DriftDetector, traffic: str, number: int
) -> _Service:
    random = np.random.default_rng([seed, number])
    return _Service(cut, before, TRAFFIC[traffic](cut, 100 * seed + number), random)


def _judged(service: _Service) -> Iterator[dict[str, bool]]:
    days = [service.day(number) for number in range(KNOWN_DAYS + DAYS_JUDGED)]
    sums = [service.sums(rows) for rows in days]
    for number in range(KNOWN_DAYS, len(days)):
        rows = days[number]
        known = {before: sums[number - before] for before in range(1, KNOWN_DAYS + 1)}
        raised = CHANGES[RAISED](rows, service.random)
        yield {
            "before": service.differs_from_training(service.before, rows),
            "training": service.differs_from_training(service.population.detector, rows),
            "usual": bool(_against(service, sums[number], known).drifted),
            "seen": bool(_against(service, service.sums(raised), known).drifted),
        }


def _against(
    service: _Service, sums: TrafficSums, known: Mapping[int, TrafficSums]
) -> UsualTraffic:
    watched = service.population.detector.figures.watched
    return compare_with_usual(sums, earlier_periods(known), watched, RULE)


def _usual_checks(service: _Service, hours: list[FloatArray]) -> Iterator[CheckedWindow]:
    sums = [service.sums(rows) for rows in hours]
    days: dict[int, TrafficSums] = {}
    for hour in range(DAY_HOURS, len(hours) + 1):
        total = sums[hour - DAY_HOURS]
        for each in sums[hour - DAY_HOURS + 1 : hour]:
            total += each
        days[hour] = total
    for hour in range(KNOWN_DAYS * DAY_HOURS + DAY_HOURS, len(hours) + 1):
        known = {
            before: days[hour - before * DAY_HOURS]
            for before in range(1, hour // DAY_HOURS)
            if hour - before * DAY_HOURS in days
        }
        found = _against(service, days[hour], known)
        yield _checked(hour, found.drifted, found.smallest_adjusted_p_value)


def _checks_before(service: _Service, hours: list[FloatArray]) -> Iterator[CheckedWindow]:
    for hour in range(KNOWN_DAYS * DAY_HOURS + DAY_HOURS, len(hours) + 1):
        rows = np.vstack(hours[hour - DAY_HOURS : hour])
        report = service.before.compare(rows, service.population.model.predict(rows), RULE)
        yield _checked(hour, report.overall_drift, report.smallest_adjusted_p_value)


def _checked(hour: int, drifted: bool | None, p_value: float | None) -> CheckedWindow:
    until = BEGINNING + timedelta(hours=hour)
    return CheckedWindow(until - timedelta(hours=DAY_HOURS), until, drifted, p_value)


def _alarms(checks: Iterator[CheckedWindow]) -> float:
    """Count alarms; one that goes on is one."""
    history: list[CheckedWindow] = []
    count, raised = 0, False
    for check in checks:
        history.append(check)
        alarm = drift_alarm(history[-72:], RULE).raised
        count += alarm and not raised
        raised = alarm
    return float(count)
