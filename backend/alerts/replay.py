"""What thresholds would have done: rules of traffic, judged again over a system's own past.

Pure: a history and a monitoring configuration in, alarms out, by the same rules and the same machine that
judge the present. The past is known in steps of ten minutes, so a window is a whole number of them, and what
lasted for less than one counts for its step.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from backend.alerts.machine import step
from backend.alerts.rules import RULES, Rule, readings
from backend.alerts.signals import Signals, error_share, latency, quiet
from storage.requests.histogram import Counts, percentiles
from storage.requests.history import STEP_SECONDS, RequestHistory
from storage.schema.alerts import AlertBook, AlertTiming, RuleName
from storage.schema.arrays import IntegerArray
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.traffic import Figures

REPLAYED: tuple[RuleName, ...] = ("error_rate", "latency", "no_traffic")
GAP = timedelta(seconds=2 * STEP_SECONDS)
SLOW_SHARE = 0.05
"""Of a window's requests: beyond it, its 95th percentile is one of the slow ones."""


@dataclass(frozen=True)
class Replayed:
    """What one rule would have done.

    Attributes
    ----------
    alarms
        How often it would have fired.
    minutes
        For how long, all together.
    """

    rule: Rule
    alarms: int
    minutes: float


def replay(history: RequestHistory, config: MonitoringConfig) -> list[Replayed]:
    """Judge the rules at the end of every step of a history."""
    rules = [rule for rule in RULES if rule.name in REPLAYED]
    book = AlertBook(timing=AlertTiming(clear_minutes=config.alert_clear_minutes))
    fired: dict[str, tuple[RuleName, datetime]] = {}
    ended: dict[str, datetime] = {}
    for number, signals in enumerate(_signals(history, config)):
        now = history.end_of(number)
        book = step(book, readings(signals, config, rules), now, GAP)
        fired |= {each.alert_id: (each.rule, each.since) for each in book.firing}
        ended |= {each.alert_id: now for each in book.firing}
    return [_of(rule, fired, ended) for rule in rules]


def delay_minutes(rule: Rule, config: MonitoringConfig, usual_share: float = 0.0) -> float | None:
    """Return how long after a jump to twice its threshold a rule would fire; None if it is off.

    Of the window w (in minutes) and the time h that it must hold, with requests arriving evenly:

    * error rate t from the usual share u: h + w (t - u) / (2 t - u), as the new share fills the window;
    * latency: h + 0.05 w, as soon as more than 5 % of the window is slow;
    * no traffic: the threshold itself.

    Examples
    --------
    >>> named = {rule.name: rule for rule in RULES}
    >>> config = MonitoringConfig()
    >>> delay_minutes(named["error_rate"], config), delay_minutes(named["latency"], config)
    (12.5, 5.75)
    """
    limit = float(getattr(config, rule.threshold)) if rule.threshold is not None else 0.0
    if not limit:
        return None
    if rule.name == "no_traffic":
        return limit
    window = config.alert_traffic_window_minutes
    filled = (
        SLOW_SHARE
        if rule.name == "latency"
        else max(0.0, limit - usual_share) / (2 * limit - min(usual_share, limit))
    )
    return config.alert_hold_minutes + window * filled


def _signals(history: RequestHistory, config: MonitoringConfig) -> list[Signals]:
    width = max(1, -(-int(config.alert_traffic_window_minutes * 60) // STEP_SECONDS))
    requests, failed = _moving(history.requests, width), _moving(history.failed, width)
    timed = _moving_counts(history.latencies, width)
    slow = [found[0] for found in percentiles(timed, (0.95,))]
    period, needed = f"in {width * STEP_SECONDS // 60} min", config.alert_minimum_requests
    last = _last_request(history)
    found: list[Signals] = []
    for number in range(len(history)):
        now = history.end_of(number)
        every = _figures(int(requests[number]), int(failed[number]))
        single = _figures(int(timed[number].sum()), 0, slow[number])
        found.append(
            {
                "error_rate": error_share(every, needed, period),
                "latency": latency(single, needed, period),
                "no_traffic": quiet(last[number], now),
            }
        )
    return found


def _figures(requests: int, failed: int, seconds: float | None = None) -> Figures:
    p95 = None if seconds is None else 1_000 * seconds
    statuses = {500: failed} if failed else {}
    return Figures(
        requests=requests, errors=failed, errors_by_status=statuses, p50=None, p95=p95, p99=None
    )


def _moving(counts: IntegerArray, width: int) -> IntegerArray:
    """Return the sums of each step and those before it, ``width`` in all."""
    sums = np.concatenate([np.zeros(width, np.int64), np.cumsum(counts)])
    return np.asarray(sums[width:] - sums[:-width])


def _moving_counts(counts: Counts, width: int) -> Counts:
    sums = np.concatenate([np.zeros((width, counts.shape[1]), np.int64), np.cumsum(counts, axis=0)])
    return np.asarray(sums[width:] - sums[:-width])


def _last_request(history: RequestHistory) -> list[datetime | None]:
    """Return the end of the last step with a request, as of each step."""
    asked = np.where(history.requests > 0, np.arange(len(history)), -1)
    return [
        None if step < 0 else history.end_of(int(step)) for step in np.maximum.accumulate(asked)
    ]


def _of(
    rule: Rule, fired: dict[str, tuple[RuleName, datetime]], ended: dict[str, datetime]
) -> Replayed:
    mine = {one: since for one, (name, since) in fired.items() if name == rule.name}
    seconds = sum((ended[one] - since).total_seconds() for one, since in mine.items())
    return Replayed(rule, len(mine), seconds / 60)
