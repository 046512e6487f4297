"""One probe of the service over HTTP, the summary of many probes, and one round of checks."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import numpy as np
from pydantic import AwareDatetime, BaseModel

from backend.client import ClientError, HousingClient
from backend.contract.base import STARTING
from backend.contract.predictions import EXAMPLE, HousingFeatures
from storage.schema.records import new_id

PROBE_REQUEST_PREFIX = "monitor-"
"""Prefix of the monitor's request ids, which marks its predictions."""

Answer = TypeVar("Answer")


class Probe(BaseModel):
    """One probe of the service; times in ms, None without an answer.

    ``starting``: it loads its first model, which is neither healthy nor a fault.
    """

    at: AwareDatetime
    healthy: bool
    starting: bool = False
    model_version: str | None = None
    health_ms: float | None = None
    predict_ms: float | None = None
    problem: str | None = None


class Check(BaseModel):
    """One round of the service's own checks.

    ``drift_share``: share of drifted inputs, 0 to 1; ``drift_threshold``: the share of one input, from which
    a window counts as drifted; ``alarm``: whether the drift alarm is raised. None: not known.
    """

    at: AwareDatetime
    drift_share: float | None = None
    drift_threshold: float | None = None
    alarm: bool | None = None
    verdict: str | None = None
    rows: int | None = None
    problem: str | None = None


class Summary(BaseModel):
    """The summary of all probes.

    ``availability``: the share of healthy ones, 0 to 1, among those that did not meet a starting service;
    None without any.
    """

    written_at: AwareDatetime
    since: AwareDatetime
    probes: int
    availability: float | None
    median_health_ms: float | None
    median_predict_ms: float | None
    p95_predict_ms: float | None
    last: Probe
    last_check: Check | None = None


def probe_service(client: HousingClient, now: datetime) -> Probe:
    """Request health and one known prediction; failures are part of the result, nothing is raised."""
    features = HousingFeatures(**EXAMPLE)
    request_id = PROBE_REQUEST_PREFIX + new_id()
    try:
        health, health_ms = _timed(client.health)
        if health.code == STARTING:
            return _starting(now, health.message)
        _, predict_ms = _timed(lambda: client.predict(features, request_id))
    except ClientError as error:
        return Probe(at=now, healthy=False, problem=str(error))
    return Probe(
        at=now,
        healthy=health.status == "healthy",
        model_version=health.model_version,
        health_ms=health_ms,
        predict_ms=predict_ms,
    )


def _starting(now: datetime, message: str) -> Probe:
    return Probe(at=now, healthy=False, starting=True, problem=message)


def check_service(client: HousingClient, now: datetime) -> Check:
    """Have the service check the logged window, record the result and act on it.

    Failures are part of the result; nothing is raised.
    """
    try:
        found = client.run_checks()
    except ClientError as error:
        return Check(at=now, problem=str(error))
    analysis = found.drift_analysis
    if analysis is None:
        return Check(at=now, verdict="drift detection is switched off")
    enough = analysis.status == "ok"
    verdict = f"severity {analysis.severity}" if enough else "not enough data"
    return Check(
        at=now,
        drift_share=analysis.drift_share,
        drift_threshold=1 / analysis.total_features,
        alarm=bool(found.figures["drift_alarm"]) if enough else None,
        verdict=verdict,
        rows=analysis.n_samples,
    )


def summarize(probes: Sequence[Probe], checks: Sequence[Check], now: datetime) -> Summary:
    """Return the summary of at least one probe."""
    predict_ms = [probe.predict_ms for probe in probes]
    counted = [probe.healthy for probe in probes if not probe.starting]
    return Summary(
        written_at=now,
        since=probes[0].at,
        probes=len(probes),
        availability=sum(counted) / len(counted) if counted else None,
        median_health_ms=_quantile([probe.health_ms for probe in probes], 0.5),
        median_predict_ms=_quantile(predict_ms, 0.5),
        p95_predict_ms=_quantile(predict_ms, 0.95),
        last=probes[-1],
        last_check=checks[-1] if checks else None,
    )


def _timed(call: Callable[[], Answer]) -> tuple[Answer, float]:
    started = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - started) * 1_000


def _quantile(values: Sequence[float | None], share: float) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.quantile(known, share)) if known else None
