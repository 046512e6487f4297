"""The monitor: probes the service over HTTP on a schedule and keeps a summary of what it saw.

The service being down is a recorded fact, not an error of the monitor.
"""

import argparse
import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel

from backend.client import ClientError, HousingClient
from backend.contract.predictions import EXAMPLE, HousingFeatures
from storage.atomic_files import write_atomically
from storage.log_handler import configure_logging, open_spool
from storage.process_loop import run_until_stopped
from storage.schema.records import new_id, utc_now
from storage.settings import settings_or_exit

logger = logging.getLogger("backend.monitor")  # __name__ is __main__ when it runs

Answer = TypeVar("Answer")

SUMMARY = "monitoring_summary.json"
MOST_PROBES = 2_880
"""Probes kept for the summary: a day at one every 30 s."""
PROBE_REQUEST_PREFIX = "monitor-"
"""Request ids of the monitor begin with this, so that its predictions can be told from real ones."""


class Probe(BaseModel):
    """One look at the service; times in ms, None where nothing answered."""

    at: AwareDatetime
    healthy: bool
    model_version: str | None = None
    health_ms: float | None = None
    predict_ms: float | None = None
    problem: str | None = None


class Summary(BaseModel):
    """What the probes so far say together; ``availability`` is the share of healthy ones, 0 to 1."""

    written_at: AwareDatetime
    since: AwareDatetime
    probes: int
    availability: float
    median_health_ms: float | None
    median_predict_ms: float | None
    last: Probe


class Monitor:
    """Probes one service and writes the summary into a folder."""

    def __init__(self, client: HousingClient, reports: Path) -> None:
        self._client = client
        self._reports = reports
        self._probes: deque[Probe] = deque(maxlen=MOST_PROBES)

    def run_once(self, now: datetime) -> Probe:
        """Probe health and one known prediction; replace the summary atomically."""
        probe = self._probe(now)
        self._log_change(probe)
        self._probes.append(probe)
        content = self.summary(now).model_dump_json(indent=2).encode()
        write_atomically(self._reports / SUMMARY, content)
        return probe

    def summary(self, now: datetime) -> Summary:
        """Return what the probes so far say together."""
        probes = list(self._probes)
        return Summary(
            written_at=now,
            since=probes[0].at,
            probes=len(probes),
            availability=sum(probe.healthy for probe in probes) / len(probes),
            median_health_ms=_median([probe.health_ms for probe in probes]),
            median_predict_ms=_median([probe.predict_ms for probe in probes]),
            last=probes[-1],
        )

    def _probe(self, now: datetime) -> Probe:
        features = HousingFeatures(**EXAMPLE)
        request_id = PROBE_REQUEST_PREFIX + new_id()
        try:
            health, health_ms = _timed(self._client.health)
            _, predict_ms = _timed(lambda: self._client.predict(features, request_id))
        except ClientError as error:
            return Probe(at=now, healthy=False, problem=str(error))
        return Probe(
            at=now,
            healthy=health.status == "healthy",
            model_version=health.model_version,
            health_ms=health_ms,
            predict_ms=predict_ms,
        )

    def _log_change(self, probe: Probe) -> None:
        before = self._probes[-1] if self._probes else None
        if before is not None and before.healthy == probe.healthy:
            return
        if probe.healthy:
            logger.info("The service is healthy, version %s.", probe.model_version)
        else:
            logger.warning("The service is unhealthy: %s", probe.problem)


def main(arguments: list[str] | None = None) -> None:
    """Run the monitor until it is told to stop, or once."""
    parser = argparse.ArgumentParser(prog="python -m backend.monitor", description=__doc__)
    parser.add_argument("--once", action="store_true", help="probe once; exit 1 if unhealthy")
    options = parser.parse_args(arguments)
    settings = settings_or_exit()
    configure_logging(settings, open_spool(settings), "monitor")
    key = settings.viewer_key.get_secret_value() if settings.viewer_key else None
    monitor = Monitor(HousingClient(settings.service_url, key), settings.paths.reports)
    if options.once:
        raise SystemExit(0 if monitor.run_once(utc_now()).healthy else 1)
    run_until_stopped(monitor.run_once, settings.monitor_interval_seconds)


def _timed(call: Callable[[], Answer]) -> tuple[Answer, float]:
    started = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - started) * 1_000


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


if __name__ == "__main__":
    main()
