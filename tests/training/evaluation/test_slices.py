"""Slices: every row is in one of each kind, and their figures are those of their rows alone."""

from dataclasses import replace

import numpy as np
import pytest

from storage.schema.predictions import LabelledPredictions, Predictions
from training.dataset.table import HousingTable
from training.evaluation.slices import slices_of


@pytest.fixture
def answers(small_table: HousingTable) -> LabelledPredictions:
    actual = small_table.targets
    predicted = actual + np.where(small_table.inputs[:, 0] > 3.0, 0.5, -0.25)
    found = Predictions(predicted, predicted - 0.3, predicted + 0.3)
    return found.labelled(actual, small_table.inputs)


@pytest.mark.parametrize("kind", ["region", "income", "age"])
def test_every_row_is_in_exactly_one_slice(kind: str, answers: LabelledPredictions) -> None:
    assert sum(each.rows for each in slices_of(answers)[kind]) == len(answers)


def test_a_slice_has_the_figures_of_its_rows(answers: LabelledPredictions) -> None:
    lowest, *_, highest = slices_of(answers)["income"]
    assert lowest.figures is not None
    assert highest.figures is not None
    assert lowest.figures.bias == pytest.approx(-0.25)
    assert lowest.figures.interval_coverage == 1.0
    assert highest.figures.bias == pytest.approx(0.5)
    assert highest.figures.rmse == pytest.approx(0.5)
    assert highest.figures.interval_coverage == 0.0
    assert highest.figures.mean_width == pytest.approx(0.6)


def test_quarters_are_as_large_as_each_other(answers: LabelledPredictions) -> None:
    assert {each.rows for each in slices_of(answers)["income"]} == {len(answers) // 4}


def test_a_slice_without_rows_has_no_figures(answers: LabelledPredictions) -> None:
    young = answers.only(answers.inputs[:, 1] <= 10)
    assert [each.figures is None for each in slices_of(young)["age"]] == [False, *[True] * 5]


def test_parts_of_a_year_fall_into_one_band(answers: LabelledPredictions) -> None:
    inputs = answers.inputs.copy()
    inputs[:, 1] = np.linspace(0.0, 52.0, len(inputs))
    between = replace(answers, inputs=inputs)
    assert sum(each.rows for each in slices_of(between)["age"]) == len(between)
