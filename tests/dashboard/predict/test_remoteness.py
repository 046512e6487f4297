"""Above the answer: how far away the training rows, and the land, are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.definition import outline
from backend.contract.predictions import EXAMPLE, HousingFeatures
from backend.contract.what_if import NearestDistrict
from dashboard.charts.coast import DEGREE_KILOMETRES, kilometres_off_land
from dashboard.predict.remoteness import remoteness_words
from tests.dashboard.conftest import OpenPage, Service, sentences


def at(north: float, east: float) -> HousingFeatures:
    return HousingFeatures(**EXAMPLE | {"Latitude": north, "Longitude": east})


def test_a_point_on_the_land_is_no_kilometre_off_it() -> None:
    assert kilometres_off_land(-119.8, 36.7) == 0


@given(st.floats(34.5, 41.5), st.floats(0.1, 3))
def test_a_point_off_the_coast_is_as_far_as_its_nearest_corner_or_nearer(
    north: float, away: float
) -> None:
    east = -125 - away
    found = kilometres_off_land(east, north)
    assert found is not None
    corners = np.concatenate([np.asarray(ring) for ring in outline()]) - [east, north]
    shrunk = corners * [np.cos(np.radians(north)), 1] * DEGREE_KILOMETRES
    nearest = np.hypot(*shrunk.T).min()
    assert 0 < found <= nearest * (1 + 1e-9)
    assert found > nearest - 60, "an edge of this outline is not as long"


@pytest.mark.parametrize(
    ("distance", "said"),
    [((12.34, None), "12.3 km from the nearest"), ((None, 2.25), "by 2.2 times the inputs' usual")],
)
def test_the_distance_is_said_in_what_the_table_has(
    distance: tuple[float | None, float | None], said: str
) -> None:
    inputs = at(36.7, -119.8)
    nearest = NearestDistrict(
        distance_km=distance[0], distance=distance[1], input=inputs, price=1.0
    )
    words = remoteness_words(nearest, inputs)
    assert said in words
    assert "off the map" not in words


def test_an_answer_in_the_sea_says_so_above_the_value(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("predict", service)
    fields = {field.label.split(" (")[0]: field for field in page.number_input}
    fields["Latitude"].set_value(35.0)
    fields["Longitude"].set_value(-124.0)
    page.form_submit_button[0].click().run()
    assert not sentences(page)
    said = page.warning[0].value
    assert said.startswith("239.6 km from the nearest training block group, 2")
    assert "km off the map's land. Do not rely on this price." in said
