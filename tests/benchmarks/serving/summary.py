"""Medians over rounds, the bars, and what a person reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from storage.domain.table import IS_EMBEDDED
from tests.benchmarks.serving.load import LoadFigures

Figures = Mapping[str, Any]

FIGURES = ("requests_per_second", "p50_milliseconds", "p99_milliseconds")


@dataclass(frozen=True)
class Bar:
    """One figure and the limit that it has to keep."""

    name: str
    limit: float
    at_least: bool

    def is_met(self, value: float) -> bool:
        """Return whether the figure keeps the limit; not a number keeps none."""
        return value >= self.limit if self.at_least else value <= self.limit


BARS = {
    "ratio": Bar(
        # Another table may have words to look up.
        "requests/s, share of the constant answer's",
        0.5 if IS_EMBEDDED else 0.45,
        at_least=True,
    ),
    "p99_milliseconds": Bar("p99 at eight connections (ms)", 8.0, at_least=False),
    "batch_share": Bar("10,000-row batches, share of the in-process rate", 0.7, at_least=True),
    "worker_megabytes": Bar("memory of the largest worker (MB)", 400.0, at_least=False),
    "one_prediction_microseconds": Bar("one prediction in-process (us)", 100.0, at_least=False),
}


def medians(rounds: Sequence[LoadFigures]) -> dict[str, float]:
    """Return the median of each figure of the load over rounds."""
    return {name: float(np.median([getattr(each, name) for each in rounds])) for name in FIGURES}


def bars(results: Figures) -> list[dict[str, Any]]:
    """Return each bar with the figure it is compared with."""
    largest = max(worker["rss_megabytes"] for worker in results["worker_memory"])
    values = {
        "ratio": results["ratio"],
        "p99_milliseconds": results["predict"]["p99_milliseconds"],
        "batch_share": results["batches"][-1]["share"],
        "worker_megabytes": largest,
        "one_prediction_microseconds": results["one_prediction_microseconds"],
    }
    return [
        {"bar": bar.name, "value": values[key], "limit": bar.limit, "met": bar.is_met(values[key])}
        for key, bar in BARS.items()
    ]


def text(results: Figures) -> str:
    """Return the results as Markdown."""
    return "\n\n".join(
        "\n".join(part)
        for part in (_load(results), _batches(results), _process(results), _bars(results))
    )


def _load(results: Figures) -> list[str]:
    rows = (("POST /predict, everything on", "predict"), ("constant answer", "constant"))
    return [
        "| one row a request, 8 connections | requests/s | p50 (ms) | p99 (ms) |",
        "|---|---:|---:|---:|",
        *(_load_row(title, results[name]) for title, name in rows),
        f"| ratio | {results['ratio']:.3f} | | |",
    ]


def _load_row(title: str, figures: Figures) -> str:
    rate, p50, p99 = (figures[name] for name in FIGURES)
    return f"| {title} | {rate:,.0f} | {p50:.2f} | {p99:.2f} |"


def _batches(results: Figures) -> list[str]:
    return [
        "| rows in a batch | /predict_batch (rows/s) | pipeline in-process (rows/s) | share |",
        "|---:|---:|---:|---:|",
        *(
            f"| {each['rows']:,} | {each['served']:,.0f} | {each['in_process']:,.0f} "
            f"| {each['share']:.3f} |"
            for each in results["batches"]
        ),
    ]


def _process(results: Figures) -> list[str]:
    memory = " and ".join(
        f"{worker['rss_megabytes']:.0f} MB resident ({worker['pss_megabytes']:.0f} MB proportional)"
        for worker in results["worker_memory"]
    )
    return [
        f"- one prediction in-process: {results['one_prediction_microseconds']:.0f} us, features, "
        "interval, support and warnings included",
        f"- memory of the workers: {memory}",
        f"- cold start: {results['cold_start_seconds']:.1f} s from the process to its first prediction",
        f"- every answer was 200, and all {results['stored_predictions']:,} predictions are in the "
        f"database exactly once, {results['drain_seconds']:.1f} s after a round's end",
    ]


def _bars(results: Figures) -> list[str]:
    return [
        "| bar | limit | measured | |",
        "|---|---:|---:|---|",
        *(
            f"| {each['bar']} | {each['limit']:g} | {each['value']:.3g} "
            f"| {'met' if each['met'] else 'missed'} |"
            for each in results["bars"]
        ),
    ]
