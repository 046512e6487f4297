"""Means over splits, and the tables that a person reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from storage.domain.slices import REGION_NAMES

TITLES = {"random": "Random splits", "blocks": "Spatial blocks, whole map cells held out"}
Split = Mapping[str, Any]


def summary(splits: Sequence[Split]) -> dict[str, Any]:
    """Return the means over splits; the ratio is that of the mean RMSEs."""
    models = {name: _means([each[name] for each in splits]) for name in ("champion", "catboost")}
    intervals = {
        name: _interval_means([each[name] for each in splits])
        for name in ("intervals", "constant_intervals")
    }
    ratio = models["champion"]["rmse"] / models["catboost"]["rmse"]
    saved = (
        1.0 - intervals["intervals"]["mean_width"] / intervals["constant_intervals"]["mean_width"]
    )
    return {**models, "rmse_ratio": ratio, **intervals, "width_saved": saved}


def tables(results: Mapping[str, Sequence[Split]]) -> str:
    """Return the result as Markdown."""
    return "\n\n".join(
        "\n".join(_model_table(kind, splits)) + "\n\n" + "\n".join(_interval_table(splits))
        for kind, splits in results.items()
    )


def _means(figures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([each[name] for each in figures])) for name in figures[0]}


def _interval_means(figures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    by_region = {
        name: [each["coverage_by_region"].get(name, np.nan) for each in figures]
        for name in REGION_NAMES
    }
    deciles = np.mean([each["coverage_by_decile"] for each in figures], axis=0)
    households = np.array([each["coverage_by_households"] for each in figures], dtype=np.float64)
    return {
        **_means([{name: each[name] for name in SCALARS} for each in figures]),
        "coverage_by_decile": deciles.tolist(),
        "coverage_by_region": {
            name: float(np.nanmean(values))
            for name, values in by_region.items()
            if not np.isnan(values).all()
        },
        "coverage_by_households": np.nanmean(households, axis=0).tolist(),
    }


SCALARS = ("coverage", "mean_width", "score")


def _model_table(kind: str, splits: Sequence[Split]) -> list[str]:
    mean = summary(splits)
    rows = [(str(each["seed"]), each["champion"], each["catboost"]) for each in splits]
    rows.append(("**mean**", mean["champion"], mean["catboost"]))
    return [
        f"**{TITLES[kind]}**, RMSE ratio of the means {mean['rmse_ratio']:.4f}",
        "",
        "| split | RMSE | CatBoost | ratio | MAE | CatBoost | R2 | CatBoost | fit (s) | CatBoost "
        "| one row (ms) | CatBoost |",
        "|---|" + "---:|" * 11,
        *(_model_row(name, champion, catboost) for name, champion, catboost in rows),
    ]


def _model_row(name: str, champion: Mapping[str, float], catboost: Mapping[str, float]) -> str:
    cells = [name]
    for figure, decimals in (
        ("rmse", 4),
        ("mae", 4),
        ("r2_score", 4),
        ("fit_seconds", 0),
        ("one_row_milliseconds", 1),
    ):
        cells += [f"{model[figure]:.{decimals}f}" for model in (champion, catboost)]
    cells.insert(3, f"{champion['rmse'] / catboost['rmse']:.4f}")
    return "| " + " | ".join(cells) + " |"


def _interval_table(splits: Sequence[Split]) -> list[str]:
    mean = summary(splits)
    rows = [(str(each["seed"]), each) for each in splits] + [("**mean**", mean)]
    return [
        f"90 % intervals, on average {mean['width_saved']:.1%} narrower than intervals of one width:",
        "",
        "| split | coverage | lowest decile | lowest region | under 50 households "
        "| width | one width | score | one width |",
        "|---|" + "---:|" * 8,
        *(_interval_row(name, figures) for name, figures in rows),
    ]


def _interval_row(name: str, figures: Mapping[str, Any]) -> str:
    ours, constant = figures["intervals"], figures["constant_intervals"]
    region = min(ours["coverage_by_region"], key=ours["coverage_by_region"].__getitem__)
    cells = [
        name,
        f"{ours['coverage']:.4f}",
        f"{min(ours['coverage_by_decile']):.3f}",
        f"{ours['coverage_by_region'][region]:.3f} {region}",
        f"{ours['coverage_by_households'][0]:.3f}",
        f"{ours['mean_width']:.3f}",
        f"{constant['mean_width']:.3f}",
        f"{ours['score']:.3f}",
        f"{constant['score']:.3f}",
    ]
    return "| " + " | ".join(cells) + " |"
