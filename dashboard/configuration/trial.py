"""What the thresholds of traffic would have done in this system's own last 30 days."""

from typing import Any

import streamlit as st

from backend.contract.alert_trial import TriedRule
from backend.contract.monitoring import ConfigResponse
from dashboard.configuration.form import Number
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.wording.moment import lasting, period

PREFIX = "alert_"


def draw_trial(found: ConfigResponse, changes: dict[str, Number]) -> None:
    """Draw the rules that can be judged again, with the values in force and with the form's."""
    st.header("What they would have done", anchor=False)
    with asking_quietly("Trial of thresholds"):
        tried = {name: value for name, value in changes.items() if name.startswith(PREFIX)}
        trial = housing_client().try_alerts(tried)
        if not trial.requests:
            st.markdown(":gray[No customer has asked for a prediction in the last 30 days.]")
            return
        st.caption(
            f"Customers' traffic of {period(trial.since, trial.until)}, {trial.requests:,} requests, judged "
            "in steps of ten minutes. Delay: until it fires, after a jump to twice the threshold. Drift, "
            "error and coverage are judged by the statistics of the checks."
        )
        st.dataframe(
            [trial_cells(rule, changed=bool(tried)) for rule in trial.rules],
            key="configuration_trial",
            hide_index=True,
            column_config=_columns(changed=bool(tried)),
            alt="How often each rule would have fired",
        )


def trial_cells(rule: TriedRule, *, changed: bool) -> dict[str, Any]:
    """Return one rule as a row of the table; ``changed``: with what the form's values would have done."""
    now = {
        "title": rule.title,
        "alarms": _times(rule.alarms, rule.minutes),
        "delay": _delay(rule.delay_minutes),
    }
    if not changed:
        return now
    return now | {
        "tried": _times(rule.tried_alarms, rule.tried_minutes),
        "tried_delay": _delay(rule.tried_delay_minutes),
    }


def _columns(*, changed: bool) -> dict[str, Any]:
    names = {"title": "Alert", "alarms": "In force: would have fired", "delay": "Delay"}
    if changed:
        names |= {"tried": "With your values", "tried_delay": "Delay then"}
    return {name: st.column_config.TextColumn(title) for name, title in names.items()}


def _times(alarms: int, minutes: float) -> str:
    """Write how often, and for how long.

    Examples
    --------
    >>> _times(0, 0.0), _times(1, 20.0), _times(3, 200.0)
    ('never', 'once, for 20 min 0 s', '3 times, for 3 h 20 min')
    """
    if not alarms:
        return "never"
    often = "once" if alarms == 1 else f"{alarms} times"
    return f"{often}, for {lasting(60 * minutes)}"


def _delay(minutes: float | None) -> str:
    return "off" if minutes is None else lasting(60 * minutes)
