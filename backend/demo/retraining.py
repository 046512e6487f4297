"""Requests a retraining as an operator would, and follows it to the gate's verdict."""

import time
from contextlib import suppress

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from backend.client import HousingClient, ServiceUnreachable
from backend.contract.retraining.check import RetrainingCheckResponse
from backend.contract.retraining.runs import RetrainingResponse
from backend.simulate.new_rows import SUMMARY

REASON = f"make demo: {SUMMARY}; the champion predicts too little."
ENDED = ("done", "failed", "cancelled")
LOOK_SECONDS = 1.0
LINE_SECONDS = 15.0
SWAP_SECONDS = 30.0
"""Longest wait for every worker of the service to serve a promoted version."""
PATIENCE_SECONDS = 1_200.0
"""Longest wait for the end of a retraining, in seconds."""


class NoVerdict(Exception):
    """The retraining did not end; the message says what was last known of it."""


def request(client: HousingClient, check: RetrainingCheckResponse) -> str:
    """Request a retraining that acts on what a check found, and return its id."""
    answer = client.trigger_retraining(REASON, source=check.source or "manual")
    return answer.trigger_id


def follow(client: HousingClient, trigger_id: str, console: Console) -> RetrainingResponse:
    """Show the stages of a retraining until it has ended; return it.

    Raises
    ------
    NoVerdict
        After ``PATIENCE_SECONDS``.
    """
    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    latest = time.monotonic() + PATIENCE_SECONDS
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("waiting for the worker", total=1.0)
        next_line = 0.0
        words = ""
        while time.monotonic() < latest:
            found = _look(client, trigger_id)
            if found is not None:
                words = _words(found)
                progress.update(task, completed=found.progress, description=words)
                if found.state in ENDED:
                    return found
            if not console.is_terminal and time.monotonic() >= next_line:
                next_line = time.monotonic() + LINE_SECONDS
                console.print(f"  {words}", markup=False, highlight=False, soft_wrap=True)
            time.sleep(LOOK_SECONDS)
    raise NoVerdict(
        f"The retraining {trigger_id} did not end within {PATIENCE_SECONDS / 60:.0f} minutes; last seen: "
        f"{words or 'no answer'}. Does the worker run?"
    )


def is_in_service(client: HousingClient, version: str) -> bool:
    """Wait until every worker of the service answers with a version; return False if it takes too long."""
    latest = time.monotonic() + SWAP_SECONDS
    while time.monotonic() < latest:
        with suppress(ServiceUnreachable):
            if set(client.health().workers_by_version) == {version}:
                return True
        time.sleep(LOOK_SECONDS / 4)
    return False


def _look(client: HousingClient, trigger_id: str) -> RetrainingResponse | None:
    """Return the retraining now; None while the service is not there."""
    try:
        return client.retraining(trigger_id)
    except ServiceUnreachable:
        return None


def _words(found: RetrainingResponse) -> str:
    """Return the stage, the step and the time to come."""
    words = f"{found.stage}: {found.step}" if found.step else found.stage
    if found.remaining_seconds is None:
        return words
    return f"{words}, about {found.remaining_seconds:.0f} s left"
