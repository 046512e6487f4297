"""What supports a retraining and what speaks against it: the checks before a request, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st
from humanize import naturaldelta

from backend.client import HousingClient
from backend.contract.monitoring import MonitoringConfig, StatusResponse
from backend.contract.retraining.check import RetrainingCheckResponse
from dashboard.retrain.learnable import forget_learnable
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.wording.drift_words import drifted_words, verdict
from dashboard.wording.moment import clock
from dashboard.wording.value import escaped

READING = "retrain_check"
"""Session state: the last reading."""


@dataclass(frozen=True)
class CheckReading:
    """The service's view of a retraining now."""

    check: RetrainingCheckResponse
    status: StatusResponse
    config: MonitoringConfig


@dataclass(frozen=True)
class Finding:
    """One check: it ``supports`` a retraining (True), blocks an automatic one (False), or neither (None)."""

    name: str
    supports: bool | None
    sentence: str


BADGES = {
    True: ":orange-badge[:material/priority_high: Supports retraining] ",
    False: ":blue-badge[:material/pause: Wait] ",
    None: "",
}


def draw_check() -> CheckReading | None:
    """Draw the checks in words; return what they are based on, if it could be read."""
    st.header("Should we retrain?", anchor=False)
    reading: CheckReading | None = None
    with asking_quietly("Retraining checks"):
        reading = _read()
        _draw(reading)
    st.button("Refresh", icon=":material/refresh:", key="retrain_again", on_click=forget_check)
    return reading


def forget_check() -> None:
    """Check again when the page is drawn next."""
    st.session_state.pop(READING, None)
    forget_learnable()


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
        st.markdown(":orange[:material/model_training: **Retraining is suggested**]")
    else:
        st.markdown(":green[:material/check_circle: **No reason to retrain**]")
    rows = {
        finding.name: f"{BADGES[finding.supports]}{escaped(finding.sentence)}"
        for finding in findings(reading)
    }
    st.table(rows, border="horizontal", alt="Checks before a retraining")
    hours = reading.config.window_hours
    st.caption(
        f"Predictions of the last {hours:g} hours, updated {clock(check.timestamp)}. "
        "*Wait* blocks automatic retraining only."
    )


def findings(reading: CheckReading) -> Iterator[Finding]:
    """Return the checks: drift, error, labels, age, cooldown, queue."""
    yield _drift(reading.check)
    yield _error(reading.check)
    yield _labels(reading.check)
    yield _age(reading)
    yield _cooldown(reading)
    yield from _same_data(reading)
    yield _queue(reading.status)


def _drift(check: RetrainingCheckResponse) -> Finding:
    analysis = check.drift_analysis
    if analysis is None:
        return Finding("Drift", None, "Turned off in the configuration.")
    if analysis.status != "ok":
        needed = check.data_volume_check.minimum_rows
        return Finding(
            "Drift", None, f"{analysis.n_samples:,} predictions; at least {needed:,} are needed."
        )
    alarm = check.figures.get("drift_alarm") is True
    lasts = (
        "" if alarm or not analysis.overall_drift else " Retraining is suggested if it persists."
    )
    words = f"{verdict(analysis).title}: {drifted_words(analysis)}.{lasts}"
    return Finding("Drift", alarm or None, words)


def _error(check: RetrainingCheckResponse) -> Finding:
    found = check.performance_analysis
    if found is None:
        return Finding("Error", None, "Turned off in the configuration.")
    if found.degradation.degraded is not None or found.estimated is None:
        return Finding("Error", found.degradation.degraded or None, found.degradation.reason)
    if found.estimated.estimated_degraded:
        return Finding("Error", True, "It has probably risen; actual values are needed to confirm.")
    return Finding("Error", None, found.degradation.reason)


def _labels(check: RetrainingCheckResponse) -> Finding:
    volume = check.data_volume_check
    new, enough = volume.newly_labelled_rows, volume.labelled_rows_for_retraining
    suggested = f"; retraining is suggested at {enough:,}" if enough else ""
    words = f"{new:,} predictions labelled since the last training{suggested}."
    return Finding("Labels", (bool(enough) and new >= enough) or None, words)


def _age(reading: CheckReading) -> Finding:
    age = float(reading.check.figures["model_age_days"])
    limit = reading.config.maximum_model_age_days
    suggested = f"; retraining is suggested after {limit:g} days" if limit else ""
    words = f"The model is {naturaldelta(timedelta(days=age), months=False)} old{suggested}."
    return Finding("Age", (bool(limit) and age >= limit) or None, words)


def _same_data(reading: CheckReading) -> Iterator[Finding]:
    """Yield that the same data was learned before, if a check would otherwise request a retraining."""
    for block in reading.check.blocks:
        if block.kind == "same_data":
            yield Finding("Data", False, block.sentence)


def _cooldown(reading: CheckReading) -> Finding:
    since = reading.check.figures.get("hours_since_retraining")
    cooldown = reading.config.cooldown_hours
    if since is None:
        return Finding("Cooldown", None, "No automatic retraining yet.")
    ago = naturaldelta(timedelta(hours=since))
    words = f"The last automatic retraining ended {ago} ago; the next waits {cooldown:g} h."
    return Finding("Cooldown", False if since < cooldown else None, words)


def _queue(status: StatusResponse) -> Finding:
    waiting, running = status.pending_retraining_triggers, len(status.running_retrainings)
    if not waiting and not running:
        return Finding("Queue", None, "No retraining is queued or running.")
    words = f"{running} running, {waiting} queued; a new one would come after them."
    return Finding("Queue", False, words)
