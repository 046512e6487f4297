"""``make soak-hour``: an hour of load on a whole ``make up``, while its processes are killed by turns.

Prints a table of what each process holds every ten minutes, and at the end whether each answered prediction
is recorded once. Exits with 1 if one is not, if memory, descriptors, spool or journal grew after ten minutes,
or if fewer requests were answered than asked for.
"""

import storage.ctrl_c

import argparse
import random
import sys
import tempfile
from pathlib import Path

from storage.errors import HousingError
from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from storage.settings import Settings, settings_or_exit
from tests.faults.soak.run import Soak
from tests.settings import changed
from tests.system import copied_runtime, free_port

PORTS = range(32_000, 32_768)
"""Those of no test: one that ran meanwhile would take a killed process's port for free and meet the next."""


def main() -> int:
    """Run, print, return the exit code."""
    options = _parser().parse_args()
    trained = (options.runtime or settings_or_exit().paths.root).absolute()
    try:
        ModelStore(RuntimePaths(trained)).champion()
    except HousingError as error:
        raise SystemExit(str(error)) from error
    folder = Path(options.folder or tempfile.mkdtemp(prefix="soak-")).absolute()
    settings = with_ports(Settings(runtime_directory=copied_runtime(trained, folder / "runtime")))
    print(f"{options.minutes:g} minutes at {options.rate:g} requests/s in {folder}.", flush=True)
    soak = Soak(settings, options.rate, options.minutes * 60, folder / "up.log")
    outcome = soak.run(lambda text: print(text, end="\n\n", flush=True))
    print(outcome.text(), flush=True)
    return 1 if outcome.failed() else 0


def with_ports(settings: Settings) -> Settings:
    """Return the settings with three free ports."""
    names = ("backend_port", "dashboard_port", "mlflow_port")
    ports = iter(random.sample(PORTS, len(PORTS)))
    return changed(settings, **{name: free_port(ports) for name in names})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="length of the load")
    parser.add_argument("--rate", type=float, default=300.0, help="requests a second")
    parser.add_argument("--runtime", type=Path, help="folder with the champion")
    parser.add_argument("--folder", type=Path, help="where to write; it is kept")
    return parser


if __name__ == "__main__":
    sys.exit(main())
