"""Figures of all tables, as a person reads them, and whether they hold the bars."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

HIGHEST_MEAN = 1.00
HIGHEST = 1.05
"""Bars of the RMSE's ratio to CatBoost's: its mean over the tables, and that of any of them."""

Splits = Sequence[Mapping[str, Mapping[str, Any]]]


def ratio(splits: Splits) -> float:
    """Return the mean RMSE of one table's splits over CatBoost's.

    Examples
    --------
    >>> ratio([{"ours": {"rmse": 1.0}, "catboost": {"rmse": 2.0}}])
    0.5
    """
    return mean(splits, "ours", "rmse") / mean(splits, "catboost", "rmse")


def mean(splits: Splits, who: str, figure: str) -> float:
    """Return the mean of one competitor's figure over splits."""
    return float(np.mean([each[who][figure] for each in splits]))


def lines(results: Mapping[str, Splits]) -> list[str]:
    """Return a table in Markdown, then a sentence with the verdict."""
    ratios = {name: ratio(splits) for name, splits in results.items()}
    average = float(np.mean(list(ratios.values())))
    worst = max(ratios, key=ratios.__getitem__)
    holds = average <= HIGHEST_MEAN and ratios[worst] <= HIGHEST
    return [
        "| table | rows | split | RMSE | CatBoost | ratio | chosen | s | CatBoost | MB | CatBoost |",
        "|---|---:|---|---:|---:|---:|---|---:|---:|---:|---:|",
        *(_line(name, splits, ratios[name]) for name, splits in results.items()),
        "",
        f"Mean ratio {average:.3f} (bar: {HIGHEST_MEAN:.2f}), highest {ratios[worst]:.3f} on {worst} (bar: "
        f"{HIGHEST:.2f}): {'held' if holds else 'missed'}.",
    ]


def _line(name: str, splits: Splits, own_ratio: float) -> str:
    first = splits[0]["ours"]
    chosen = sorted({each["ours"]["model"] for each in splits})
    cells = [
        name,
        f"{sum(first['rows'].values()):,}",
        first["split"],
        f"{mean(splits, 'ours', 'rmse'):.4g}",
        f"{mean(splits, 'catboost', 'rmse'):.4g}",
        f"{own_ratio:.3f}",
        ", ".join(chosen),
        *(f"{mean(splits, who, 'seconds'):.1f}" for who in ("ours", "catboost")),
        *(f"{mean(splits, who, 'megabytes'):.0f}" for who in ("ours", "catboost")),
    ]
    return "| " + " | ".join(cells) + " |"
