"""A worker, in a process of its own, that kills itself with -9 where it is told to.

It carries out one trigger on a small table. The kill is real and leaves nothing behind in order; only its
moment is chosen, because waiting for it would be chance.
"""

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sklearn.base import clone

from storage.models.store import ModelStore
from storage.retraining.queue import Claim
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.warm_parent import forked
from training.dataset.embedded import load_embedded
from training.dataset.table import HousingTable
from training.models.candidates import Candidate, all_candidates, select
from training.tracking.pending import OpenRegistrations
from training.tracking.registry import ModelRegistry
from training.tracking.runs import RunTracker
from training.worker import RetrainingWorker

SMALL_ROWS = 1_000

STAGES: dict[str, tuple[type, str, bool]] = {
    "loading": (RetrainingWorker, "_published", False),
    "recording": (RunTracker, "record", True),
    "publishing": (ModelStore, "publish", False),
    "registered": (ModelRegistry, "register", True),
    "promoted": (ModelStore, "set_champion", True),
    "finishing": (Claim, "finish", False),
    "closing the registration": (OpenRegistrations, "close", False),
}
"""A method and whether the worker dies after it, not before: the stages in the order in which they are met.

The version whose worker died once it was registered is not trained again, so its registration is closed by a
worker that has nothing else to do.
"""


def exit_code(stage: str, environment: Mapping[str, str], seconds: float) -> int | None:
    """Carry out the oldest trigger of the runtime folder that the environment names; return the exit code.

    None if it had not ended after so many seconds.
    """
    process = forked(_carry_out, stage, dict(environment))
    process.join(seconds)
    code = process.exitcode
    process.kill()
    process.join()
    return code


def _carry_out(stage: str, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    if stage in STAGES:
        _die_at(*STAGES[stage])
    worker = RetrainingWorker(Settings(), _table, [_forest()])
    worker.run_once(utc_now())
    worker.run_once(utc_now())


def _die_at(owner: type, name: str, after: bool) -> None:
    method: Callable[..., Any] = getattr(owner, name)

    def killed(*arguments: Any, **named: Any) -> None:
        if after:
            method(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, killed)


def _table() -> HousingTable:
    table = load_embedded()
    return HousingTable(table.values[:: len(table) // SMALL_ROWS], "part of the table")


def _forest() -> Candidate:
    (candidate,) = select(all_candidates(seed=0, threads=1), ["random_forest"])
    pipeline = clone(candidate.pipeline).set_params(regressor__n_estimators=20)
    return replace(candidate, pipeline=pipeline)
