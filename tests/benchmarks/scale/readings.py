"""The readings of pages and monitor, timed over HTTP in one process."""

import os
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

ROUNDS = 15


@dataclass(frozen=True)
class Timed:
    """Milliseconds of one reading: the first, from the disk, and the median and 95th percentile of others."""

    cold: float
    p50: float
    p95: float


def readings(until: datetime, version: str) -> Mapping[str, str]:
    """Return the address of each reading by its name."""
    old = _range(until - timedelta(days=20), until - timedelta(days=19))
    day, month = _range(until - timedelta(days=1), until), _range(until - timedelta(days=30), until)
    windows = {"24 h": "24h", "7 d": "7d", "30 d": "30d"}
    return {
        "statistics": "/database/stats",
        "predictions, newest": "/predictions",
        "predictions, an old day": f"/predictions?{old}",
        "predictions of a version": f"/predictions?model_version={version}",
        "predictions without actual value": "/predictions?labelled=false",
        "predictions, counts of a month": f"/predictions/counts?{month}",
        "requests, an old day": f"/metrics/api?{old}",
        "requests of a rare endpoint": "/metrics/api?endpoint=/predict_batch&limit=1000",
        "requests of a rare status": "/metrics/api?status=404",
        "requests, counts of a month": f"/metrics/api/counts?{month}",
        "requests, slowest of a day": "/metrics/api/slowest?window=24h",
        "log, a rare level": "/logs?level=CRITICAL",
        "log, a text of a day": f"/logs?q=nowhere&{day}",
        "log, a text that nothing has": "/logs?q=nowhere",
        **{
            f"summary, {name}": f"/metrics/api/summary?window={each}"
            for name, each in windows.items()
        },
        **{f"drift, {name}": f"/monitoring/drift?window={each}" for name, each in windows.items()},
        **{
            f"error, {name}": f"/monitoring/performance?window={each}"
            for name, each in windows.items()
        },
        "usable for learning": "/retraining/learnable",
        "metrics": "/metrics",
    }


def time_readings(
    http: FlaskClient, key: str, addresses: Mapping[str, str], file: Path | None
) -> Iterator[tuple[str, Timed]]:
    """Time each reading; ``file`` is SQLite's, of which the kernel forgets what it has read."""
    headers = {"Authorization": f"Bearer {key}"}
    for name, address in addresses.items():
        if file is not None:
            _forget(file)
        took = []
        for _ in range(ROUNDS + 1):
            begun = time.perf_counter()
            answer = http.get(address, headers=headers)
            took.append(1_000 * (time.perf_counter() - begun))
            if answer.status_code != 200:
                raise AssertionError(f"{address}: {answer.text}")
        cold, *warm = took
        p95 = statistics.quantiles(warm, n=20)[-1]
        yield name, Timed(cold, statistics.median(warm), p95)


def _range(since: datetime, until: datetime) -> str:
    return "&".join(
        f"{name}={moment.isoformat().replace('+00:00', 'Z')}"
        for name, moment in (("since", since), ("until", until))
    )


def _forget(file: Path) -> None:
    with file.open("rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
