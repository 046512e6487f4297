"""What speaks for a retraining and what against it: the checks before it is asked for, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from backend.client import HousingClient
from backend.contract.monitoring import MonitoringConfig, StatusResponse
from backend.contract.retraining_check import RetrainingCheckResponse
from dashboard.shared.drift_words import drifted_words, verdict
from dashboard.shared.moment import clock, lasting
from dashboard.shared.price import escaped
from dashboard.shared.service import asking_quietly, housing_client

READING = "retrain_check"
"""Session state: the last reading."""


@dataclass(frozen=True)
class CheckReading:
    """What the service says about a retraining now."""

    check: RetrainingCheckResponse
    status: StatusResponse
    config: MonitoringConfig


@dataclass(frozen=True)
class Finding:
    """One check: ``speaks`` for a retraining (True), for waiting (False), or neither (None)."""

    name: str
    speaks: bool | None
    sentence: str


BADGES = {
    True: ":orange-badge[:material/priority_high: For it] ",
    False: ":blue-badge[:material/pause: Wait] ",
    None: "",
}


def draw_check() -> CheckReading | None:
    """Draw the checks in words; return what they rest on, if it could be read."""
    st.subheader("Is there a cause?", anchor=False)
    reading: CheckReading | None = None
    with asking_quietly("Whether there is a cause is"):
        reading = _read()
        _draw(reading)
    st.button("Look again", icon=":material/refresh:", key="retrain_again", on_click=forget_check)
    return reading


def forget_check() -> None:
    """Look anew when the page is drawn next."""
    st.session_state.pop(READING, None)


def _read() -> CheckReading:
    if READING not in st.session_state:
        with st.spinner("Checking the logged predictions …"):
            st.session_state[READING] = _ask(housing_client())
    reading: CheckReading = st.session_state[READING]
    return reading


def _ask(client: HousingClient) -> CheckReading:
    return CheckReading(
        check=client.retraining_check(),
        status=client.monitoring_status(),
        config=client.monitoring_config().config,
    )


def _draw(reading: CheckReading) -> None:
    check = reading.check
    if check.should_retrain:
        st.markdown(":orange[:material/model_training: **There is a cause for retraining**]")
    else:
        st.markdown(":green[:material/check_circle: **No cause for retraining**]")
    rows = {
        finding.name: f"{BADGES[finding.speaks]}{escaped(finding.sentence)}"
        for finding in findings(reading)
    }
    st.table(rows, border="horizontal", alt="Checks before a retraining")
    hours = reading.config.window_hours
    st.caption(
        f"Over the predictions of the last {hours:g} hours, looked at {clock(check.timestamp)}. "
        "What says wait holds back the automatic, not you."
    )


def findings(reading: CheckReading) -> Iterator[Finding]:
    """Return the checks: drift, error, labels, age, pause, queue."""
    yield _drift(reading.check)
    yield _error(reading.check)
    yield _labels(reading.check)
    yield _age(reading)
    yield _pause(reading)
    yield _queue(reading.status)


def _drift(check: RetrainingCheckResponse) -> Finding:
    analysis = check.drift_analysis
    if analysis is None:
        return Finding("Drift", None, "Switched off in the configuration.")
    if analysis.status != "ok":
        needed = check.data_volume_check.minimum_rows
        return Finding(
            "Drift", None, f"{analysis.n_samples:,} predictions; a verdict needs {needed:,}."
        )
    alarm = check.figures.get("drift_alarm") is True
    lasts = "" if alarm or not analysis.overall_drift else " It is a cause only when it lasts."
    words = f"{verdict(analysis).title}: {drifted_words(analysis)}.{lasts}"
    return Finding("Drift", alarm or None, words)


def _error(check: RetrainingCheckResponse) -> Finding:
    found = check.performance_analysis
    if found is None:
        return Finding("Error", None, "Switched off in the configuration.")
    if found.degradation.degraded is not None or found.estimated is None:
        return Finding("Error", found.degradation.degraded or None, found.degradation.reason)
    if found.estimated.estimated_degraded:
        return Finding("Error", True, "It has probably risen; actual values will tell.")
    return Finding("Error", None, found.degradation.reason)


def _labels(check: RetrainingCheckResponse) -> Finding:
    volume = check.data_volume_check
    new, enough = volume.newly_labelled_rows, volume.labelled_rows_for_retraining
    counts = f"{enough:,} are a cause" if enough else "their number is no cause"
    words = f"{new:,} predictions got their actual value since the last training; {counts}."
    return Finding("Labels", (bool(enough) and new >= enough) or None, words)


def _age(reading: CheckReading) -> Finding:
    age = float(reading.check.figures["model_age_days"])
    limit = reading.config.maximum_model_age_days
    due = f"due after {limit:g}" if limit else "its age is no cause"
    days = "less than a day" if age < 1 else f"{age:.0f} day{'' if round(age) == 1 else 's'}"
    return Finding(
        "Age", (bool(limit) and age >= limit) or None, f"The model is {days} old; {due}."
    )


def _pause(reading: CheckReading) -> Finding:
    since = reading.check.figures.get("hours_since_retraining")
    pause = reading.config.cooldown_hours
    if since is None:
        return Finding("Pause", None, "There was no retraining yet.")
    words = f"The last one ended {lasting(since * 3_600)} ago; checks ask again after {pause:g} h."
    return Finding("Pause", False if since < pause else None, words)


def _queue(status: StatusResponse) -> Finding:
    waiting, running = status.pending_retraining_triggers, len(status.running_retrainings)
    if not waiting and not running:
        return Finding("Queue", None, "No retraining waits or runs.")
    words = f"{running} running, {waiting} waiting; another one would come after them."
    return Finding("Queue", False, words)
