"""Walk through the API: every endpoint, with valid and invalid input.

Prints one line per step; exits 1 if any step fails.
"""

import storage.ctrl_c

import argparse

from rich.console import Console
from rich.text import Text

from backend.contract.service import ServiceDescription
from backend.demo_api import alerts, keys, monitoring, predictions, protocols, records, service
from backend.demo_api.walk import Connection, Off, Outcome, Step, walk
from backend.keys.system_keys import operator_key_or_exit
from storage.settings import settings_or_exit
from storage.version import VERSION

STEPS: tuple[Step, ...] = (
    *service.STEPS,
    *predictions.STEPS,
    *protocols.STEPS,
    *records.STEPS,
    *monitoring.STEPS,
    *alerts.STEPS,
    *keys.STEPS,
)


def main(arguments: list[str] | None = None) -> None:
    """Run every step against one service."""
    parser = argparse.ArgumentParser(prog="python -m backend.demo_api", description=__doc__)
    parser.add_argument("--url", help="URL of the service (default: from the settings)")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    options = parser.parse_args(arguments)
    settings = settings_or_exit(writes=False)
    connection = Connection(
        options.url or settings.addresses.backend_url, operator_key_or_exit(settings)
    )
    console = Console()
    outcomes = walk(connection, STEPS, lambda outcome: _show(console, outcome))
    off = sum(outcome.off for outcome in outcomes)
    missed = unvisited(connection)
    for endpoint in missed:
        console.print(Text(f"not called  {endpoint}", style="yellow"), soft_wrap=True)
    console.print(f"{len(outcomes)} steps, {off} failed.", highlight=False)
    raise SystemExit(1 if off or missed else 0)


def unvisited(connection: Connection) -> list[str]:
    """Return the listed endpoints that no step calls."""
    try:
        listed = connection.get(ServiceDescription, "/").endpoints
    except Off:
        return []  # a step has reported it
    return sorted(set(listed) - {step.endpoint for step in STEPS})


def _show(console: Console, outcome: Outcome) -> None:
    step = outcome.step
    text = Text.assemble(
        ("fail" if outcome.off else "ok  ", "bold red" if outcome.off else "green"),
        f"{step.endpoint:<37}{step.purpose:<22}",
        outcome.text,
    )
    console.print(text, soft_wrap=True)


if __name__ == "__main__":
    main()
