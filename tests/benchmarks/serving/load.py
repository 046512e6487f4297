"""The load generator: wrk, with eight connections that always have a request under way."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8
SCRIPT = Path(__file__).parent / "load.lua"


@dataclass(frozen=True)
class LoadFigures:
    """What one run of the load generator saw; latencies in milliseconds, from the client's side."""

    requests: int
    requests_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    refused: int
    """Answers with a status above 399."""
    broken: int
    """Connections refused, reset or timed out."""


def require_wrk() -> None:
    """End the program with one sentence if the load generator is not there."""
    if shutil.which("wrk") is None:
        raise SystemExit(
            "The benchmark needs the load generator wrk: install it with `apt-get install wrk` "
            "(or your system's own way), then try again."
        )


def run_load(url: str, bodies: Path, seconds: int, connections: int = CONNECTIONS) -> LoadFigures:
    """Send the bodies, one a line of the file, again and again to ``url`` as POST."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT), url]
    result = subprocess.run(
        [*command, "--", str(bodies)], capture_output=True, text=True, check=True
    )
    seen = json.loads(result.stdout.splitlines()[-1])
    return LoadFigures(
        requests=seen["requests"],
        requests_per_second=seen["requests"] / seen["microseconds"] * 1e6,
        p50_milliseconds=seen["p50"] / 1e3,
        p99_milliseconds=seen["p99"] / 1e3,
        refused=seen["refused"],
        broken=seen["broken"],
    )
