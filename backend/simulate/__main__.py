"""Realistic traffic for a running service: requests for held-out rows, following a scenario.

The same seed sends the same requests in the same order.
"""

import storage.ctrl_c
from storage.ctrl_c import INTERRUPTED

import argparse
from collections.abc import Sequence
from functools import partial

from rich.console import Console

from backend.client import HousingClient
from backend.keys.system_keys import operator_key_or_exit
from backend.simulate.display import conclusion
from backend.simulate.options import positive, scenario, seed
from backend.simulate.plan import Phase, Traffic
from backend.simulate.run import row_pool, simulate
from backend.simulate.scenario import SCENARIOS, Scenario
from backend.simulate.tally import Counts, Tally
from storage.schema.source import CUSTOMERS, SOURCES, Source
from storage.settings import settings_or_exit
from storage.version import VERSION


def main(arguments: list[str] | None = None) -> None:
    """Send the traffic; exit 1 if a request failed for good or nothing was answered."""
    options = _parser().parse_args(arguments)
    settings = settings_or_exit(writes=False)
    phases = [Phase(scenario, options.duration) for scenario in options.scenarios or [Scenario()]]
    traffic = Traffic(options.rate, options.seed, options.day_seconds)
    console = Console()
    url = options.url or settings.addresses.backend_url
    key = operator_key_or_exit(settings)
    connect = partial(HousingClient, url, key, source=options.source)
    _introduce(console, phases, url)
    console.print(_logged_as(options.source, has_key=key is not None), highlight=False)
    tally = Tally()
    interrupted = not simulate(row_pool(settings), phases, traffic, connect, tally, console)
    console.print(conclusion(tally), markup=False, highlight=False, soft_wrap=True)
    if interrupted:
        raise SystemExit(INTERRUPTED)
    raise SystemExit(0 if _succeeded(tally.counts) else 1)


def _introduce(console: Console, phases: Sequence[Phase], url: str) -> None:
    lines = [
        f"  {phase.seconds:g} s {phase.scenario.name}: {phase.scenario.summary}" for phase in phases
    ]
    text = "\n".join([f"Traffic for {url}", *lines])
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _logged_as(source: Source, *, has_key: bool) -> str:
    """Return whose traffic it counts as, and what follows from that."""
    if not has_key:
        return "Logged as a client's traffic: only with an operator key may anyone say otherwise."
    if source in CUSTOMERS:
        return (
            f"Logged as {source}: monitored, and learned from once it is labelled, like customers'."
        )
    return (
        f"Logged as {source}: no drift, error or retraining follows from it; --source client does."
    )


def _succeeded(counts: Counts) -> bool:
    return counts.given_up == 0 and counts.answered > 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.simulate", description=__doc__)
    parser.add_argument(
        "scenarios",
        nargs="*",
        type=scenario,
        metavar="SCENARIO",
        help=f"one or more, played back to back (default: steady): {', '.join(SCENARIOS)}",
    )
    parser.add_argument(
        "--rate", type=positive, default=10.0, help="average requests per second (default: 10)"
    )
    parser.add_argument(
        "--duration", type=positive, default=60.0, help="seconds per scenario (default: 60)"
    )
    parser.add_argument("--seed", type=seed, default=0, help="random seed (default: 0)")
    parser.add_argument(
        "--day-seconds",
        type=positive,
        help="vary the rate between day and night, with days of this length in seconds; "
        "without it, the average rate is constant (a Poisson process)",
    )
    parser.add_argument(
        "--source",
        choices=SOURCES,
        default="simulation",
        help="whose traffic it is logged as (default: simulation, which monitoring leaves out; "
        "client plays customers)",
    )
    parser.add_argument("--url", help="URL of the service (default: from the settings)")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


if __name__ == "__main__":
    main()
