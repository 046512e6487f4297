"""The monitor: probes the service over HTTP on a schedule, runs its checks and records the results.

An outage of the service is recorded; it is not an error of the monitor.
"""

import storage.ctrl_c

import argparse
import logging
import math
from datetime import datetime, timedelta

from backend.alerts.courier import Courier
from backend.alerts.senders import senders
from backend.alerts.store import AlertStore
from backend.client import HousingClient
from backend.monitor.alerting import Alerting
from backend.monitor.probe import Check, Probe, Summary, check_service, probe_service, summarize
from backend.monitor.report import draw
from backend.monitor.series import KeptSeries
from storage.paths import RuntimePaths
from storage.process.atomic_files import write_atomically
from storage.process.kinds import MONITOR
from storage.process.lock import only_process_or_exit
from storage.process.loop import run_until_stopped
from storage.schema.records import utc_now
from storage.settings import Settings, settings_or_exit
from storage.spool.log_handler import configure_logging, open_spool
from storage.spool.spool import Spool
from storage.spool.timeline import Timeline
from storage.version import VERSION

logger = logging.getLogger("backend.monitor")  # __name__ is __main__ when it runs

MOST_PROBES = 2_880
"""Number of probes kept and shown: one day at one every 30 s."""
MOST_CHECKS = 2_880
CHECK_PAUSE = timedelta(seconds=60)
"""A check reads thousands of rows; a probe reads none."""
PICTURE_PAUSE = timedelta(seconds=60)
"""Drawing takes half a second of processor time; the summary is written at every probe."""


class Monitor:
    """Probes one service and writes summary, picture and time series to the reports folder.

    Without ``alerting``, nobody is told of what it sees.
    """

    def __init__(
        self, client: HousingClient, paths: RuntimePaths, alerting: Alerting | None = None
    ) -> None:
        self._client = client
        self._alerting = alerting
        self._paths = paths
        self._probes = KeptSeries(paths.probes, Probe, MOST_PROBES)
        self._checks = KeptSeries(paths.checks, Check, MOST_CHECKS)
        self._drawn_at: datetime | None = None

    def run_once(self, now: datetime) -> Probe:
        """Probe, and check if it is time; replace the summary, and the picture if it is old."""
        probe = probe_service(self._client, now)
        self._log_change(probe)
        self._probes.append(probe)
        if self._alerting is not None:
            self._alerting.judge(probe, now)
        self._check(probe, now)
        content = self.summary(now).model_dump_json(indent=2).encode()
        write_atomically(self._paths.monitoring_summary, content)
        if self._drawn_at is None or now - self._drawn_at >= PICTURE_PAUSE:
            self.draw(now)
        return probe

    def summary(self, now: datetime) -> Summary:
        """Return the summary of all probes, including those before a restart."""
        return summarize(self._probes.points, self._checks.points, now)

    def draw(self, now: datetime) -> None:
        """Replace the picture of at least one probe, atomically."""
        picture = draw(self._client.url, self._probes.points, self._checks.points, now)
        write_atomically(self._paths.monitoring_picture, picture)
        self._drawn_at = now

    def _check(self, probe: Probe, now: datetime) -> None:
        before = self._checks.points[-1:]
        if before and now - before[0].at < CHECK_PAUSE:
            return
        if probe.health_ms is None:  # a check would be waited for, and the next probe with it
            self._checks.append(Check(at=now, problem=probe.problem))
        else:
            self._checks.append(check_service(self._client, now))

    def _log_change(self, probe: Probe) -> None:
        before = self._probes.points[-1:]
        if before and _state(before[0]) == _state(probe):
            return
        if probe.healthy:
            logger.info("The service is healthy, version %s.", probe.model_version)
        elif probe.starting:
            logger.info("%s", probe.problem)
        else:
            logger.warning("The service is unhealthy: %s", probe.problem)


def _state(probe: Probe) -> tuple[bool, bool]:
    return probe.healthy, probe.starting


def main(arguments: list[str] | None = None) -> None:
    """Run the monitor until it is stopped, for a given time, or once."""
    options = _parser().parse_args(arguments)
    settings = settings_or_exit()
    if not options.once:  # two would write each other's series over; one probe more does no harm
        only_process_or_exit(settings.paths.monitor_lock, MONITOR).keep()
    spool = open_spool(settings)
    configure_logging(settings, spool, MONITOR)
    client = HousingClient(settings.addresses.backend_url, _key(settings), source="probe")
    if options.once:
        raise SystemExit(0 if Monitor(client, settings.paths).run_once(utc_now()).healthy else 1)
    pause_seconds = options.interval or settings.monitor.interval_seconds
    alerting = _alerting(settings, client, spool, pause_seconds)
    monitor = Monitor(client, settings.paths, alerting)
    run_until_stopped(monitor.run_once, pause_seconds, options.duration)
    monitor.draw(utc_now())


def _alerting(
    settings: Settings, client: HousingClient, spool: Spool, pause_seconds: float
) -> Alerting:
    store = AlertStore(settings.paths, goes_on=True)
    routes = senders(settings.alerts, settings.addresses.backend_url)
    alerting = Alerting(client, store, Courier(store, routes), Timeline(spool), pause_seconds)
    alerting.start()
    return alerting


def _key(settings: Settings) -> str | None:
    key = settings.access.operator_key or settings.access.viewer_key
    return key.get_secret_value() if key else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.monitor", description=__doc__)
    parser.add_argument("--once", action="store_true", help="probe once; exit 1 if unhealthy")
    parser.add_argument("--duration", type=_positive, help="stop after this many seconds")
    parser.add_argument(
        "--interval", type=_positive, help="seconds between probes (default: from the settings)"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


if __name__ == "__main__":
    main()
