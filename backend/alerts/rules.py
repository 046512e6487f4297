"""The rules of alerts: what is measured, from which value on it is bad, and for how long it must be.

Pure: signals and the monitoring configuration in, readings out. A signal that is not known now is neither bad
nor good: it neither raises an alert nor ends one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.contract.alerts import RuleReading
from storage.schema.alerts import RuleName, Severity
from storage.schema.monitoring_config import MonitoringConfig, unit_of


@dataclass(frozen=True)
class Signal:
    """What was measured for one rule; ``value`` is 0 or 1 where there is no threshold, None if unknown."""

    value: float | None
    words: str


UNKNOWN = Signal(None, "It was not measured.")


@dataclass(frozen=True)
class Rule:
    """One rule; ``threshold``, ``hold`` and ``switch`` are names of the monitoring configuration.

    Without ``hold``, the signal is a time itself and needs no other. At 0 or false, ``switch`` is off.
    """

    name: RuleName
    title: str
    severity: Severity
    switch: str | None = None
    threshold: str | None = None
    hold: str | None = None
    limit_words: str = ""


HOLD = "alert_hold_minutes"
OUTAGE = Rule(
    "outage",
    "The service does not predict",
    "critical",
    switch="alert_outage_minutes",
    hold="alert_outage_minutes",
)
RULES = (
    OUTAGE,
    Rule(
        "error_rate",
        "Many requests fail",
        "critical",
        switch="alert_error_share",
        threshold="alert_error_share",
        hold=HOLD,
        limit_words="the limit is {:.1%}",
    ),
    Rule(
        "latency",
        "Predictions are slow",
        "warning",
        switch="alert_latency_milliseconds",
        threshold="alert_latency_milliseconds",
        hold=HOLD,
        limit_words="the limit is {:g} ms",
    ),
    Rule(
        "no_traffic",
        "No customer asks for predictions",
        "warning",
        switch="alert_no_traffic_minutes",
        threshold="alert_no_traffic_minutes",
        limit_words="the limit is {:g} min",
    ),
    Rule(
        "spool_backlog",
        "Records wait for the log-writer",
        "critical",
        switch="alert_backlog_minutes",
        threshold="alert_backlog_minutes",
        limit_words="the limit is {:g} min",
    ),
    Rule("drift", "The inputs have drifted", "warning", "drift_detection_enabled", hold=HOLD),
    Rule(
        "realized_error",
        "The realized error has risen",
        "critical",
        "performance_monitoring_enabled",
        hold=HOLD,
    ),
    Rule(
        "estimated_error",
        "The estimated error has risen",
        "warning",
        "performance_monitoring_enabled",
        hold=HOLD,
    ),
    Rule(
        "coverage",
        "The intervals hold too few actual values",
        "warning",
        "performance_monitoring_enabled",
        hold=HOLD,
    ),
    Rule("retraining_failed", "A retraining has failed", "warning"),
    Rule(
        "label_delay",
        "Actual values do not arrive",
        "warning",
        switch="alert_label_delay_days",
        threshold="alert_label_delay_days",
        limit_words="the limit is {:g} days",
    ),
)


def readings(
    signals: Mapping[RuleName, Signal], config: MonitoringConfig, rules: Sequence[Rule] = RULES
) -> list[RuleReading]:
    """Return each rule with what was measured for it.

    Examples
    --------
    >>> late = Signal(900.0, "95% of 40 predictions took up to 900 ms")
    >>> latency = next(rule for rule in RULES if rule.name == "latency")
    >>> found = readings({"latency": late}, MonitoringConfig(), [latency])[0]
    >>> found.bad, found.why
    (True, '95% of 40 predictions took up to 900 ms; the limit is 500 ms.')
    """
    return [_reading(rule, signals.get(rule.name, UNKNOWN), config) for rule in rules]


def _reading(rule: Rule, signal: Signal, config: MonitoringConfig) -> RuleReading:
    enabled = rule.switch is None or bool(getattr(config, rule.switch))
    limit = float(getattr(config, rule.threshold)) if rule.threshold is not None else None
    return RuleReading(
        rule=rule.name,
        title=rule.title,
        severity=rule.severity,
        enabled=enabled,
        value=signal.value,
        threshold=limit,
        unit=unit_of(rule.threshold) if rule.threshold is not None else "",
        hold_minutes=float(getattr(config, rule.hold)) if rule.hold is not None else 0.0,
        bad=_is_bad(signal, limit) if enabled else False,
        why=_why(rule, signal, limit) if enabled else "The rule is switched off.",
    )


def _is_bad(signal: Signal, limit: float | None) -> bool | None:
    if signal.value is None:
        return None
    return signal.value >= limit if limit is not None else signal.value > 0


def _why(rule: Rule, signal: Signal, limit: float | None) -> str:
    words = signal.words.rstrip(".")
    return f"{words}; {rule.limit_words.format(limit)}." if limit is not None else f"{words}."
