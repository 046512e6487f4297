"""What is promised of every model: who keeps it, and that each way of breaking it is seen."""

import numpy as np
import pytest

from storage.domain.promises import HIGHEST_PREDICTION
from storage.schema.arrays import FloatArray
from tests.training.conftest import FittedChampion, named_candidates
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.evaluation.behaviour import accepted_corners, observe
from training.features.columns import INCOME
from training.fitting.fit import fit, fit_intervals
from training.models.predictor import PublicPredictor
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

ASKED = 40


class Rule:
    """A model by hand: a price of the income, in an interval of one width."""

    def __init__(self, slope: float = 0.01, start: float = 1.0, half_width: float = 0.5) -> None:
        self.slope, self.start, self.half_width = slope, start, half_width

    def predict(self, inputs: FloatArray) -> FloatArray:
        return np.asarray(self.start + self.slope * inputs[:, INCOME], dtype=np.float64)

    def answer(self, inputs: FloatArray) -> FloatArray:
        prices = self.predict(inputs)
        bounds = prices - self.half_width, prices + self.half_width
        return np.column_stack([prices, *bounds, np.ones(len(inputs))])


class Blind(Rule):
    """Has no answer to one of the rows."""

    def predict(self, inputs: FloatArray) -> FloatArray:
        prices = super().predict(inputs)
        prices[1] = np.nan
        return prices


@pytest.fixture
def districts(small_table: HousingTable) -> FloatArray:
    return small_table.inputs[:ASKED]


def broken(model: Rule, districts: FloatArray) -> dict[str, int]:
    return {seen.promise: seen.broken for seen in observe(model, districts) if not seen.holds}


def test_the_champion_keeps_every_promise(champion: FittedChampion) -> None:
    train = champion.train
    search = ReferenceSearch(ReferenceProfile.fit(train.inputs, train.targets, seed=0))
    model = PublicPredictor(champion.pipeline, champion.intervals, search)
    observed = observe(model, champion.validation.inputs)
    assert len(observed) == 4
    assert all(seen.holds for seen in observed), observed


def test_a_straight_line_keeps_every_promise_too(small_table: HousingTable) -> None:
    splits = split(small_table, seed=0)
    (line,) = named_candidates("linear_regression")
    fitted = fit(line, splits.train, splits.validation, threads=1)
    profile = ReferenceProfile.fit(splits.train.inputs, splits.train.targets, seed=0)
    intervals = fit_intervals(fitted, splits, seed=0)
    model = PublicPredictor(fitted.pipeline, intervals, ReferenceSearch(profile))
    assert all(seen.holds for seen in observe(model, splits.validation.inputs))


def test_a_rule_that_keeps_every_promise_breaks_none(districts: FloatArray) -> None:
    assert broken(Rule(), districts) == {}
    assert broken(Rule(slope=0.0), districts) == {}


def test_each_broken_promise_is_seen(districts: FloatArray) -> None:
    rows = ASKED + len(accepted_corners())
    assert broken(Rule(slope=0.0, start=HIGHEST_PREDICTION + 0.01), districts) == {
        "possible answers": rows
    }
    assert broken(Rule(slope=0.0, start=-0.01), districts) == {"possible answers": rows}
    assert broken(Rule(half_width=-0.1), districts) == {"answer in its interval": rows}
    assert broken(Rule(slope=-0.001), districts) == {"median income never lowers the price": 4}


def test_an_answer_that_is_no_number_breaks_what_it_can(districts: FloatArray) -> None:
    assert broken(Blind(), districts) == {
        "finite": 1,
        "possible answers": 1,
        "answer in its interval": 1,
        "median income never lowers the price": 4,
    }


def test_what_is_told_has_the_numbers(districts: FloatArray) -> None:
    (_, possible, _, income) = observe(Rule(slope=0.0, start=6.0), districts)
    assert possible.sentence.startswith("0 of 296 answers are between 0 and 5.1")
    assert income.sentence.startswith("4 of 4 increases of every median income")
