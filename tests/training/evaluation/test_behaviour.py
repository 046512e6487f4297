"""How the champion behaves where anybody can say what is right, and that it always answers sensibly."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.target import TARGET_CAP
from storage.schema.arrays import FloatArray
from tests.training.conftest import FittedChampion

INCOME = FEATURE_NAMES.index("MedInc")
LATITUDE, LONGITUDE = FEATURE_NAMES.index("Latitude"), FEATURE_NAMES.index("Longitude")
# Answered together, because a single answer of the whole pipeline takes milliseconds.
ROWS_AT_ONCE = 20

rich_coast = {
    "Palo Alto": (37.44, -122.14),
    "Santa Monica": (34.03, -118.49),
    "La Jolla": (32.84, -117.27),
}
valley_towns = {
    "Mendota": (36.75, -120.38),
    "Delano": (35.77, -119.25),
    "Corcoran": (36.10, -119.56),
}


def accepted_row() -> st.SearchStrategy[list[float]]:
    """Any row that the service accepts, its bounds and corners more often than chance has them."""
    columns = [
        st.sampled_from([each.minimum, each.maximum, each.example])
        | st.floats(each.minimum, each.maximum, allow_nan=False)
        for each in FEATURES
    ]
    return st.tuples(*columns).map(list)


def assert_sensible(champion: FittedChampion, inputs: FloatArray) -> None:
    prices, lower, upper = champion.answer(inputs)
    assert np.isfinite(prices).all()
    assert (lower >= 0.0).all()
    assert (lower <= prices).all()
    assert (prices <= upper).all()
    assert (upper <= TARGET_CAP).all()


@settings(max_examples=60)
@given(rows=st.lists(accepted_row(), min_size=1, max_size=ROWS_AT_ONCE))
def test_every_accepted_input_gets_a_price_within_an_interval(
    champion: FittedChampion, rows: list[list[float]]
) -> None:
    assert_sensible(champion, np.array(rows, dtype=np.float64))


def test_every_corner_of_what_is_accepted_gets_a_price_within_an_interval(
    champion: FittedChampion,
) -> None:
    bounds = [(each.minimum, each.maximum) for each in FEATURES]
    assert_sensible(champion, np.array(list(itertools.product(*bounds)), dtype=np.float64))


@pytest.mark.parametrize("raise_by", [0.5, 1.0, 2.0, 4.0])
def test_more_income_never_lowers_the_price_on_average(
    raise_by: float, champion: FittedChampion
) -> None:
    inputs = champion.validation.inputs
    richer = inputs.copy()
    richer[:, INCOME] += raise_by
    difference = champion.pipeline.predict(richer) - champion.pipeline.predict(inputs)
    assert difference.mean() > 0.0


def test_the_order_of_the_rows_does_not_matter(champion: FittedChampion) -> None:
    inputs = champion.validation.inputs
    order = np.random.RandomState(0).permutation(len(inputs))
    prices = champion.pipeline.predict(inputs)
    assert np.array_equal(champion.pipeline.predict(inputs[order]), prices[order])


def test_a_row_gets_the_same_price_alone(champion: FittedChampion) -> None:
    inputs = champion.validation.inputs[:20]
    together = champion.answer(inputs)
    for row in range(len(inputs)):
        alone = champion.answer(inputs[[row]])
        for one, all_rows in zip(alone, together, strict=True):
            assert one[0] == all_rows[row]


def test_a_step_of_ten_centimetres_hardly_matters(champion: FittedChampion) -> None:
    inputs = champion.validation.inputs
    moved = inputs.copy()
    moved[:, [LATITUDE, LONGITUDE]] += 1e-6
    difference = np.abs(champion.pipeline.predict(moved) - champion.pipeline.predict(inputs))
    assert difference.mean() < 0.01


def test_the_rich_coast_costs_more_than_the_valleys_farm_towns(champion: FittedChampion) -> None:
    typical = np.median(champion.train.inputs, axis=0)
    coast = prices_at(champion, typical, rich_coast)
    valley = prices_at(champion, typical, valley_towns)
    assert min(coast.values()) > max(valley.values()) + 0.5


def prices_at(
    champion: FittedChampion, typical: FloatArray, places: dict[str, tuple[float, float]]
) -> dict[str, float]:
    inputs = np.tile(typical, (len(places), 1))
    inputs[:, [LATITUDE, LONGITUDE]] = list(places.values())
    return dict(zip(places, champion.pipeline.predict(inputs).tolist(), strict=True))


def test_it_is_better_than_knowing_the_neighbours_alone(champion: FittedChampion) -> None:
    unseen = champion.validation
    names = list(champion.pipeline[:-1].get_feature_names_out())
    features = champion.pipeline[:-1].transform(unseen.inputs)
    errors = champion.pipeline.predict(unseen.inputs) - unseen.targets
    kriged = features[:, names.index("similar_price_kriged")] - unseen.targets
    assert np.square(errors).mean() < 0.9 * np.square(kriged).mean()
