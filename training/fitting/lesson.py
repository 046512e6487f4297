"""What a training learns, in one checksum: the same lesson gives the same model again."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from storage.models.libraries import libraries
from storage.schema.triggers import TrainingPlan
from storage.settings import Settings
from training.boosters.library import library_version
from training.boosters.library_trees import LibraryTrees
from training.dataset.kept import champion_table
from training.dataset.plan import planned
from training.dataset.production_rows import (
    LabelledReport,
    checksum,
    read_window,
    with_labelled_rows,
)
from training.dataset.sources import load_table
from training.dataset.splits import Part, Splits, split
from training.dataset.table import HousingTable
from training.fitting.fit import PLAIN_VALUES
from training.fitting.search import Search, configured_search
from training.models.candidates import Candidate, configured_candidates
from training.models.price_pipeline import REGRESSOR

THREADS = "n_jobs"
"""Ends the names of parameters that change how fast a model is fitted and not what it learns."""


def lesson_of(
    table_sha256: str,
    train: Part,
    candidates: Sequence[Candidate],
    search: Search | None,
    seed: int,
) -> str:
    """Return the SHA-256 of all that decides what a training learns.

    That is the table with the seed of its split, the parts that are learned from, the rows of the training
    part with labelled predictions and weights, the candidates with their parameters, the search, and the
    versions of the libraries.
    """
    lesson = {
        "table": table_sha256,
        "rows": checksum(train),
        "learned from": "training and validation",
        "seed": seed,
        "candidates": {each.name: dict(_parameters(each)) for each in candidates},
        "search": [list(_plain(each.items())) for each in search.configurations] if search else [],
        "libraries": libraries() | _libraries_of(candidates),
    }
    return hashlib.sha256(json.dumps(lesson, sort_keys=True).encode()).hexdigest()


def present_lesson(settings: Settings, now: datetime) -> str:
    """Return the lesson of a retraining that is requested now; takes up to some seconds.

    Raises
    ------
    InvalidDataset
        If the champion's table cannot be used.
    InvalidInput
        If the candidates or the search cannot be used.
    """
    table, splits, _ = _present(settings, now)
    seed = settings.training.random_seed
    candidates = configured_candidates(settings)
    search = configured_search(settings, candidates)
    return lesson_of(table.sha256, splits.train, candidates, search, seed)


def present_report(
    settings: Settings, now: datetime, plan: TrainingPlan | None = None
) -> LabelledReport:
    """Return how a retraining that is requested now would use the labelled predictions.

    It takes as long as ``present_lesson``, and raises what that does of the table.
    """
    return _present(planned(settings, plan), now)[2]


def _present(settings: Settings, now: datetime) -> tuple[HousingTable, Splits, LabelledReport]:
    table = champion_table(settings.paths) or load_table()
    parts = split(table, settings.training.random_seed)
    splits, report = with_labelled_rows(parts, read_window(settings, now), settings)
    return table, splits, report


def _libraries_of(candidates: Sequence[Candidate]) -> dict[str, str]:
    models = (each.pipeline[REGRESSOR] for each in candidates)
    names = (model.library for model in models if isinstance(model, LibraryTrees))
    return {name: library_version(name) for name in names}


def _parameters(candidate: Candidate) -> Iterable[tuple[str, str]]:
    found = candidate.pipeline.get_params().items()
    return _plain((name, value) for name, value in found if not name.endswith(THREADS))


def _plain(values: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, str]]:
    """Return names and values as text; of an object its class, as its parameters have names of their own."""
    for name, value in values:
        is_plain = isinstance(value, (*PLAIN_VALUES, tuple))
        yield name, repr(value) if is_plain else type(value).__qualname__
