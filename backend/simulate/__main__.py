"""Realistic traffic for a running service: requests for held-out districts, following a scenario.

The same seed sends the same requests in the same order.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console

from backend.client import HousingClient
from backend.keys import operator_key_or_exit
from backend.simulate.display import traffic_display
from backend.simulate.labels import LabelSender
from backend.simulate.plan import Phase, Traffic, plan
from backend.simulate.scenario import SCENARIOS, Scenario
from backend.simulate.sender import Sender
from backend.simulate.tally import Counts, Tally
from storage.settings import Settings, settings_or_exit
from storage.version import VERSION
from training.dataset.sources import load_table
from training.dataset.splits import Part, split

CONNECTIONS = 4
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> None:
    """Send the traffic; exit 1 if a request failed for good or nothing was answered."""
    options = _parser().parse_args(arguments)
    settings = settings_or_exit(writes=False)
    phases = [Phase(scenario, options.duration) for scenario in options.scenarios or [Scenario()]]
    traffic = Traffic(options.rate, options.seed, options.day_seconds)
    console = Console()
    url = options.url or settings.addresses.backend_url
    connect = partial(HousingClient, url, operator_key_or_exit(settings))
    _introduce(console, phases, url)
    tally = Tally()
    interrupted = _run(held_out_rows(settings), phases, traffic, connect, tally, console)
    _conclude(console, tally)
    if interrupted:
        raise SystemExit(INTERRUPTED)
    raise SystemExit(0 if _succeeded(tally.counts) else 1)


def held_out_rows(settings: Settings) -> Part:
    """Return the test part of the embedded table: districts that no model was trained on."""
    return split(load_table(), settings.training.random_seed).test.open()


def _run(
    rows: Part,
    phases: Sequence[Phase],
    traffic: Traffic,
    connect: Callable[[], HousingClient],
    tally: Tally,
    console: Console,
) -> bool:
    """Send everything; True if interrupted."""
    seconds = sum(phase.seconds for phase in phases)
    labels = LabelSender(connect, tally)
    sender = Sender(connect, tally, CONNECTIONS, labels.on_answer)
    labels.start()
    with traffic_display(tally, console, seconds) as display:
        try:
            sender.run(plan(rows, phases, traffic), seconds, display.look)
        except KeyboardInterrupt:
            return True
        finally:
            labels.stop()
    return False


def _introduce(console: Console, phases: Sequence[Phase], url: str) -> None:
    lines = [
        f"  {phase.seconds:g} s {phase.scenario.name}: {phase.scenario.summary}" for phase in phases
    ]
    text = "\n".join([f"Traffic for {url}", *lines])
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _conclude(console: Console, tally: Tally) -> None:
    counts = tally.counts
    lines = [
        f"Answered {counts.answered:,} requests with {counts.answered_rows:,} rows; "
        f"refused {counts.refused:,}; failed attempts {counts.failed_attempts:,}; "
        f"given up {counts.given_up:,}; skipped {counts.left_out:,}; labels sent {counts.labels:,}."
    ]
    if tally.last_problem:
        lines.append(f"Last problem: {tally.last_problem}")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _succeeded(counts: Counts) -> bool:
    return counts.given_up == 0 and counts.answered > 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.simulate", description=__doc__)
    parser.add_argument(
        "scenarios",
        nargs="*",
        type=_scenario,
        metavar="SCENARIO",
        help=f"one or more, played back to back (default: steady): {', '.join(SCENARIOS)}",
    )
    parser.add_argument(
        "--rate", type=_positive, default=10.0, help="average requests per second (default: 10)"
    )
    parser.add_argument(
        "--duration", type=_positive, default=60.0, help="seconds per scenario (default: 60)"
    )
    parser.add_argument("--seed", type=_seed, default=0, help="random seed (default: 0)")
    parser.add_argument(
        "--day-seconds",
        type=_positive,
        help="vary the rate between day and night, with days of this length in seconds; "
        "without it, the average rate is constant (a Poisson process)",
    )
    parser.add_argument("--url", help="URL of the service (default: from the settings)")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


def _scenario(text: str) -> Scenario:
    if text not in SCENARIOS:
        raise argparse.ArgumentTypeError(f"{text} is not one of {', '.join(SCENARIOS)}")
    return SCENARIOS[text]


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 0 or more")
    return int(text)


def _positive(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


if __name__ == "__main__":
    main()
