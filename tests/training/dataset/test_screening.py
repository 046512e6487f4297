"""The screen of labelled predictions: what is believed, and what is counted under which reason."""

import numpy as np
import pytest

from storage.predictions.labelled import LabelledRows
from storage.schema.arrays import FloatArray
from training.dataset.screening import (
    ASKED_ABOUT_AGAIN,
    CONTRADICTING_VALUES,
    IMPOSSIBLE_VALUE,
    UNACCEPTABLE_INPUTS,
    VALUE_OUT_OF_LINE,
    distance_from_similar,
    screen,
)
from training.dataset.splits import Part, split
from training.dataset.table import HousingTable

LIMIT = 4.0
ROWS = 400
PLACE, INCOME, OCCUPANCY = slice(6, 8), 0, 5


@pytest.fixture(scope="module")
def known(embedded: HousingTable) -> Part:
    return split(embedded, seed=0).train


@pytest.fixture(scope="module")
def honest(embedded: HousingTable) -> LabelledRows:
    part = split(embedded, seed=0).validation
    return LabelledRows(part.inputs[:ROWS], part.targets[:ROWS])


def changed(
    rows: LabelledRows, inputs: FloatArray | None = None, actual: FloatArray | None = None
) -> LabelledRows:
    return LabelledRows(
        rows.inputs if inputs is None else inputs, rows.actual if actual is None else actual
    )


def joined(*parts: LabelledRows) -> LabelledRows:
    return LabelledRows(
        np.concatenate([part.inputs for part in parts]),
        np.concatenate([part.actual for part in parts]),
    )


def test_real_prices_of_unseen_districts_are_believed(embedded: HousingTable, known: Part) -> None:
    test = split(embedded, seed=0).test.open()
    screened = screen(LabelledRows(test.inputs, test.targets), known, LIMIT)
    assert set(screened.left_out) == {VALUE_OUT_OF_LINE, ASKED_ABOUT_AGAIN}
    assert screened.left_out[VALUE_OUT_OF_LINE] < 0.01 * len(test)
    assert screened.left_out[ASKED_ABOUT_AGAIN] < 0.03 * len(test)  # alike by chance
    assert len(screened.believed) + sum(screened.left_out.values()) == len(test)


def test_a_price_in_another_unit_is_not(honest: LabelledRows, known: Part) -> None:
    wrong = honest.actual.copy()
    wrong[:40:2] *= 10.0
    wrong[1:40:2] /= 10.0
    screened = screen(changed(honest, actual=wrong), known, LIMIT)
    assert screened.left_out[VALUE_OUT_OF_LINE] >= 34
    lone = changed(honest, actual=wrong).only(np.arange(ROWS) < 15)
    assert screen(lone, known, LIMIT).left_out[VALUE_OUT_OF_LINE] >= 12


def test_prices_that_have_all_risen_are_believed(honest: LabelledRows, known: Part) -> None:
    risen = changed(honest, actual=2.0 * honest.actual)
    assert len(screen(risen, known, LIMIT).believed) > 0.95 * ROWS
    alone = distance_from_similar(risen.only(np.arange(ROWS) < 20), known)
    together = distance_from_similar(risen, known)[:20]
    assert np.all(together <= alone)
    assert together.max() < alone.max()


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, 1e9])
def test_inputs_that_the_service_refuses_are_not_learned(
    honest: LabelledRows, known: Part, value: float
) -> None:
    inputs = honest.inputs.copy()
    inputs[3, INCOME] = value
    assert screen(changed(honest, inputs), known, LIMIT).left_out[UNACCEPTABLE_INPUTS] == 1


@pytest.mark.parametrize("price", [np.nan, np.inf, 0.0, -1.0, 100.5])
def test_impossible_prices_are_not_learned(honest: LabelledRows, known: Part, price: float) -> None:
    actual = honest.actual.copy()
    actual[3] = price
    assert screen(changed(honest, actual=actual), known, LIMIT).left_out[IMPOSSIBLE_VALUE] == 1


def test_of_one_district_the_newest_reading_counts(honest: LabelledRows, known: Part) -> None:
    older = changed(honest, actual=1.1 * honest.actual).only(np.arange(ROWS) < 30)
    older.inputs[:15, OCCUPANCY] = 3.5  # a sensor was stuck
    screened = screen(joined(honest, older), known, LIMIT)
    assert 30 <= screened.left_out[ASKED_ABOUT_AGAIN] < 33  # some are alike by chance
    assert np.isin(screened.believed.actual, honest.actual).all()


def test_of_prices_that_contradict_each_other_none_is_believed(
    honest: LabelledRows, known: Part
) -> None:
    twice = changed(honest, actual=2.0 * honest.actual).only(np.arange(ROWS) < 7)
    screened = screen(joined(honest, twice), known, LIMIT)
    assert screened.left_out[CONTRADICTING_VALUES] == 14
    assert not np.isin(screened.believed.inputs[:, INCOME], twice.inputs[:, INCOME]).any()


def test_nothing_found_is_nothing_left_out(known: Part) -> None:
    screened = screen(LabelledRows(np.empty((0, 8)), np.empty(0)), known, LIMIT)
    assert (len(screened.believed), dict(screened.left_out)) == (0, {})
