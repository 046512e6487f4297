"""What the thresholds of traffic and of drift would have done in this system's own last 30 days."""

from typing import Any

import streamlit as st

from backend.contract.alert_trial import AlertTrialResponse, DriftTrial, TriedRule
from backend.contract.monitoring import ConfigResponse
from dashboard.configuration.form import Number
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.wording.feature_words import feature_named
from dashboard.wording.moment import lasting, period
from dashboard.wording.value import percent
from dashboard.wording.words import in_sentence

PREFIX = "alert_"
DRIFT_PREFIXES = ("drift_", "window_", "largest_window_")
"""Of the values that the decision about drift depends on."""
KEPT = "trial_kept"
"""Session state: the last trial of drift and what it was of, since it takes seconds."""


def draw_trial(found: ConfigResponse, changes: dict[str, Number]) -> None:
    """Draw the rules that can be judged again, with the values in force and with the form's."""
    st.header("What they would have done", anchor=False)
    drift = st.toggle("Judge drift too, which takes some seconds", key="trial_drift")
    with asking_quietly("Trial of thresholds"):
        prefixes = (PREFIX, *DRIFT_PREFIXES) if drift else PREFIX
        tried = {name: value for name, value in changes.items() if name.startswith(prefixes)}
        trial = _with_drift(found, tried) if drift else housing_client().try_alerts(tried)
        if not trial.requests and trial.drift is None:
            st.markdown(":gray[No customer has asked for a prediction in the last 30 days.]")
            return
        st.caption(_traffic_words(trial))
        if trial.drift is not None:
            st.caption(drift_words(trial.drift))
        st.dataframe(
            [trial_cells(rule, changed=bool(tried)) for rule in trial.rules],
            key="configuration_trial",
            hide_index=True,
            column_config=_columns(changed=bool(tried)),
            alt="How often each rule would have fired",
        )


def _with_drift(found: ConfigResponse, tried: dict[str, Number]) -> AlertTrialResponse:
    """Return a trial with drift, or the one that was made already of the same values."""
    asked = (found.config, tuple(sorted(tried.items())))
    last: tuple[object, AlertTrialResponse] | None = st.session_state.get(KEPT)
    if last is None or last[0] != asked:
        with st.spinner("Judging windows of the last 30 days …"):
            last = (asked, housing_client().try_alerts(tried, drift=True))
        st.session_state[KEPT] = last
    return last[1]


def _traffic_words(trial: AlertTrialResponse) -> str:
    return (
        f"Customers' traffic of {period(trial.since, trial.until)}, {trial.requests:,} requests, judged in "
        "steps of ten minutes. Delay: until it fires, after a jump to twice the threshold."
    )


def drift_words(drift: DriftTrial) -> str:
    """Say which windows were judged again, by how many rows, and after which change there is a delay.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 30, tzinfo=UTC)
    >>> figures = {"checks": 30, "hours_between": 24, "rows": 1000, "delay_hours_between": 6}
    >>> change = {"input": "MedInc", "change_share": 0.1}
    >>> drift_words(DriftTrial(since=at, until=at, **figures, **change)).partition(", judged")[0]
    'Drift: 30 windows, 24 h apart, each by its newest 1,000 predictions at most'
    """
    name = in_sentence(feature_named(drift.input).label)
    return (
        f"Drift: {_windows(drift)} by its newest {drift.rows:,} predictions at most, judged as each check "
        f"judges its own. Delay: until it fires, after {name} is {percent(drift.change_share)} higher in "
        f"your newest predictions, looked for {_every(drift.delay_hours_between)}."
    )


def _windows(drift: DriftTrial) -> str:
    if drift.checks == 1:
        return "one window"
    return f"{drift.checks} windows, {drift.hours_between:g} h apart, each"


def _every(hours: float) -> str:
    return "every hour" if hours == 1 else f"every {hours:g} h"


def trial_cells(rule: TriedRule, *, changed: bool) -> dict[str, Any]:
    """Return one rule as a row of the table; ``changed``: with what the form's values would have done."""
    now = {
        "title": rule.title,
        "alarms": _times(rule.alarms, rule.minutes),
        "delay": _delay(rule.delay_minutes, rule.delay_reason),
    }
    if not changed:
        return now
    return now | {
        "tried": _times(rule.tried_alarms, rule.tried_minutes),
        "tried_delay": _delay(rule.tried_delay_minutes, rule.tried_delay_reason),
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
    ('never', 'once, for 20 min', '3 times, for 3 h 20 min')
    """
    if not alarms:
        return "never"
    often = "once" if alarms == 1 else f"{alarms} times"
    return f"{often}, for {lasting(60 * minutes)}"


def _delay(minutes: float | None, reason: str | None) -> str:
    return (reason or "off") if minutes is None else lasting(60 * minutes)
