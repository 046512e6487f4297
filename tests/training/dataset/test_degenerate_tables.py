"""Tables that teach nothing: one sentence, or a model that says what it is worth. No NaN, no perfect R2."""

from collections.abc import Callable

import numpy as np
import pytest

from storage.errors import InvalidDataset
from storage.schema.arrays import FloatArray
from tests.training.conftest import named_candidates
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.fitting.fit import (
    answers_with_intervals,
    fit,
    fit_intervals,
    measure,
    with_intervals,
)

ROWS = 120
TARGET = 8
Table = Callable[[FloatArray], FloatArray]


def same(*columns: int) -> Table:
    def made(values: FloatArray) -> FloatArray:
        values[:, list(columns)] = values[0, list(columns)]
        return values

    return made


def copied(column: int) -> Table:
    def made(values: FloatArray) -> FloatArray:
        values[:, TARGET] = values[:, column]
        return values

    return made


def two_values(values: FloatArray) -> FloatArray:
    values[:, TARGET] = np.where(values[:, TARGET] > 2.0, 3.0, 1.0)
    return values


def one_row_differs(values: FloatArray) -> FloatArray:
    values[:, TARGET] = np.where(np.arange(len(values)) == 5, 3.0, 1.0)
    return values


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            same(TARGET),
            r"mine.csv has the same MedHouseVal, [\d.]+, in all 120 rows: there is nothing to learn; "
            "check that column.",
        ),
        (
            one_row_differs,
            r"mine.csv has the same MedHouseVal, 1, in the \d+ rows that the seed draws for \w+; train on "
            "more rows.",
        ),
        (
            lambda values: np.repeat(values[:1], 500, axis=0),
            "mine.csv has 500 rows of only 1 different block group: too few",
        ),
        (
            copied(0),
            "mine.csv has the same values in MedInc and MedHouseVal, in all 120 rows: there is nothing to "
            "learn; check these columns.",
        ),
        (lambda values: values[:20], "mine.csv has 20 rows of data; at least 50 are needed."),
    ],
)
def test_what_teaches_nothing_is_refused_in_one_sentence(
    table: Table, said: str, small_table: HousingTable
) -> None:
    with pytest.raises(InvalidDataset, match=f"^{said}"):
        split(HousingTable(table(small_table.values[:ROWS].copy()), "mine.csv"), seed=0)


@pytest.mark.parametrize(
    "table",
    [
        *(same(column) for column in (0, 1, 6)),
        same(6, 7),
        two_values,
        lambda values: values[:50],  # fewer rows to learn from than neighbours that are asked
    ],
)
@pytest.mark.parametrize("name", ["linear_regression", "neighbour_boosting"])
def test_what_teaches_little_gives_finite_figures_that_are_not_perfect(
    name: str, table: Table, small_table: HousingTable
) -> None:
    splits = split(HousingTable(table(small_table.values[:ROWS].copy()), "mine.csv"), seed=0)
    (candidate,) = named_candidates(name)
    if name == "neighbour_boosting":
        candidate.pipeline.set_params(regressor__near__max_iter=3, regressor__far__max_iter=3)
    fitted = fit(candidate, splits.train, splits.validation, threads=1)
    intervals, test = fit_intervals(fitted, splits, seed=0), splits.test.open()
    (measured,) = measure([fitted], test)
    answers = answers_with_intervals(measured, intervals, test)
    figures = with_intervals(measured, answers, intervals.coverage).metrics
    assert np.isfinite(list(figures.values())).all()
    assert figures["validation_r2_score"] < 0.99
    assert figures["test_r2_score"] < 0.99
    assert (answers.lower <= answers.predicted).all()
    assert (answers.predicted <= answers.upper).all()
