"""What is measured, in words, and from where on it is bad."""

import pytest

from backend.alerts.rules import RULES, Signal, readings
from backend.alerts.signals import of_check
from storage.schema.alerts import RuleName
from storage.schema.monitoring_config import MonitoringConfig

LIMITS: dict[RuleName, float] = {
    "error_rate": 0.05,
    "latency": 500.0,
    "spool_backlog": 5.0,
    "label_delay": 7.0,
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_value_is_bad_from_its_threshold_on(name: RuleName) -> None:
    rule = [each for each in RULES if each.name == name]
    for value, bad in ((LIMITS[name], True), (LIMITS[name] * 0.99, False)):
        found = readings({name: Signal(value, "Measured")}, MonitoringConfig(), rule)[0]
        assert (found.bad, found.threshold) == (bad, LIMITS[name])
        assert found.why.startswith("Measured; the limit is ")
    off = MonitoringConfig.model_validate({str(rule[0].switch): 0.0})
    found = readings({name: Signal(1e9, "Measured")}, off, rule)[0]
    assert (found.bad, found.enabled, found.why) == (False, False, "The rule is switched off.")


def test_what_was_not_measured_is_neither_bad_nor_good() -> None:
    config = MonitoringConfig()
    assert {each.bad for each in readings({}, config) if each.enabled} == {None}
    assert [each.rule for each in readings({}, config) if not each.enabled] == ["no_traffic"]


def test_a_checks_figures_are_signals() -> None:
    figures = {
        "drift_alarm": True,
        "drift_share": 0.25,
        "realized_degraded": False,
        "realized_rmse": 0.4321,
        "realized_baseline_rmse": 0.4,
        "intervals_too_narrow": True,
        "interval_coverage": 0.7,
    }
    found = of_check(figures)
    assert found["drift"] == Signal(1.0, "25.0% of the inputs have drifted")
    priced = of_check(figures | {"drift_harm": "Mix of inputs. It costs much."})["drift"]
    assert priced.words == "25.0% of the inputs have drifted. Mix of inputs. It costs much"
    assert found["realized_error"] == Signal(0.0, "Realized RMSE 0.432, the holdout's 0.400")
    assert found["estimated_error"].value is None
    assert found["coverage"].words == "The intervals hold 70.0% of the actual values"


def test_each_rule_names_values_of_the_configuration() -> None:
    known = MonitoringConfig.model_fields
    for rule in RULES:
        for name in (rule.switch, rule.threshold, rule.hold):
            assert name is None or name in known, rule.name
