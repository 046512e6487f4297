"""One run of the benchmark: cold starts, rounds of load, batches, memory, one prediction."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from storage.domain.table import TABLE
from storage.models.store import ModelStore
from storage.schema.arrays import FloatArray
from tests.benchmarks.serving.batch_load import BatchLoad, request_rows
from tests.benchmarks.serving.in_process import InProcess
from tests.benchmarks.serving.load import CONNECTIONS, LoadFigures, run_load
from tests.benchmarks.serving.served_system import ServedSystem
from tests.benchmarks.serving.summary import bars, medians
from training.dataset.sources import load_table
from training.fitting.progress import StepDisplay

BATCH_REPEATS = {1: 50, 100: 10, 1_000: 5, 10_000: 2}
"""Requests of each size in one round; the largest size comes last."""
MOST_ROWS = max(BATCH_REPEATS)
LOAD_BODIES = 1_000
ONE_ROW_REPEATS = 2_000


@dataclass(frozen=True)
class Plan:
    """How often and how long: rounds that count (one before them warms up), seconds under load in each."""

    rounds: int
    seconds: int
    cold_starts: int


class Measurement:
    """Measures one served system; the rounds of what is compared take turns.

    Parameters
    ----------
    models
        Models folder with the champion.
    folder
        Empty, for what is written.
    plan
        How often and how long.
    """

    def __init__(self, models: Path, folder: Path, plan: Plan, display: StepDisplay) -> None:
        self._cold_system = ServedSystem(models, folder / "cold")
        self._system = ServedSystem(models, folder / "warm")
        self._store = ModelStore(self._system.settings.paths)
        self._bodies = folder / "bodies"
        self._inputs = _shuffled_inputs()
        self._plan = plan
        self._display = display
        self._step = 0

    def run(self) -> dict[str, Any]:
        """Return every figure.

        Raises
        ------
        RuntimeError
            If an answer was not 200 or not the model's, or the log does not hold what was answered.
        """
        self._begin("cold starts")
        cold_starts = [
            self._cold_system.cold_start_seconds() for _ in range(self._plan.cold_starts)
        ]
        in_process = InProcess(self._store)
        with self._system.running():
            results = self._load()
            results["batches"] = self._batches(in_process)
            results["worker_memory"] = self._system.worker_memory()
        self._begin("one prediction in-process")
        results |= {
            "cold_start_seconds": float(np.median(cold_starts)),
            "one_prediction_microseconds": in_process.one_prediction_microseconds(
                self._inputs[:ONE_ROW_REPEATS]
            ),
        }
        return self._conditions() | results | {"bars": bars(results)}

    def _conditions(self) -> dict[str, Any]:
        settings = self._system.settings
        return {
            "table": TABLE.name,
            "model": self._store.champion().model_name,
            "cores": os.cpu_count(),
            "workers": settings.backend.workers,
            "threads": settings.backend.threads,
            "connections": CONNECTIONS,
            "rounds": self._plan.rounds,
            "seconds_a_round": self._plan.seconds,
        }

    def _load(self) -> dict[str, Any]:
        rows = request_rows(self._inputs[:LOAD_BODIES])
        self._bodies.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        rounds = [self._load_round(number) for number in range(self._plan.rounds + 1)][1:]
        constant = medians([each[0] for each in rounds])
        predict = medians([each[1] for each in rounds])
        return {
            "predict": predict,
            "constant": constant,
            "ratio": predict["requests_per_second"] / constant["requests_per_second"],
            "stored_predictions": self._system.stored()[0],
            "drain_seconds": float(np.median([each[2] for each in rounds])),
        }

    def _load_round(self, number: int) -> tuple[LoadFigures, LoadFigures, float]:
        self._begin(f"one-row requests, round {number}" if number else "warming up")
        constant = self._run(self._system.constant_url)
        before = self._system.counted()
        predict = self._run(self._system.url)
        # Before the constant answer has its next turn: the log-writer must not slow that one.
        drain_seconds = self._system.drain()
        _check_counts(predict, self._system.counted() - before)
        return constant, predict, drain_seconds

    def _run(self, url: str) -> LoadFigures:
        figures = run_load(f"{url}/predict", self._bodies, self._plan.seconds)
        if figures.refused or figures.broken or not figures.requests:
            raise RuntimeError(f"{url} did not answer everything with 200: {figures}.")
        return figures

    def _batches(self, in_process: InProcess) -> list[dict[str, float]]:
        client = BatchLoad(self._system.url)
        sizes = list(BATCH_REPEATS)
        rates: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
        client.check(self._inputs[: sizes[-1]], in_process.predictions(self._inputs[: sizes[-1]]))
        for number in range(self._plan.rounds):
            self._begin(f"batches, round {number + 1}")
            for size in sizes:
                rates[size].append(_batch_rates(client, in_process, self._inputs[:size]))
                self._system.drain()
        return [_batch_figures(size, rates[size]) for size in sizes]

    def _begin(self, step: str) -> None:
        self._step += 1
        self._display.begin(step, self._step, 2 * self._plan.rounds + 3)


def _batch_rates(
    client: BatchLoad, in_process: InProcess, inputs: FloatArray
) -> tuple[float, float]:
    repeats = BATCH_REPEATS[len(inputs)]
    served = client.rows_per_second(inputs, repeats)
    return served, in_process.rows_per_second(inputs, repeats)


def _batch_figures(rows: int, rates: list[tuple[float, float]]) -> dict[str, float]:
    served, in_process = np.median(np.array(rates), axis=0).tolist()
    return {"rows": rows, "served": served, "in_process": in_process, "share": served / in_process}


def _check_counts(load: LoadFigures, counted: int) -> None:
    """The database holds what was counted (see ``drain``); this is what the client was answered."""
    # When its time is over, the load generator leaves the requests that are under way.
    if not load.requests <= counted <= load.requests + CONNECTIONS:
        raise RuntimeError(f"{load.requests} predictions were answered, but {counted} are logged.")


def _shuffled_inputs() -> FloatArray:
    inputs = np.random.default_rng(0).permutation(load_table().inputs)
    # A small table is asked about its rows again and again.
    return np.ascontiguousarray(np.resize(inputs, (max(len(inputs), MOST_ROWS), inputs.shape[1])))
