"""The pictures of an answer as pure functions: what is drawn is what was answered."""

import re
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.predictions import (
    EXAMPLE,
    FEATURE_NAMES,
    TARGET_CAP,
    Contributions,
    Feature,
    HousingFeatures,
    Interval,
)
from backend.contract.what_if import NearestDistrict, SensitivityCurve
from dashboard.charts.colours import DOWN, HERE, TOTAL, UP
from dashboard.predict import sensitivity_chart
from dashboard.predict.contribution_chart import waterfall_figure
from dashboard.predict.contributions import amount_of, build_up, value_of
from dashboard.predict.interval import interval_picture, interval_scale, interval_words
from dashboard.predict.place_map import (
    around_figure,
    colour_range,
    overview_figure,
    places_around,
)
from dashboard.predict.sensitivity_chart import ValueAxis, entered_words, sensitivity_option
from dashboard.predict.support import support_words
from dashboard.wording.value import rounded
from storage.domain.inputs import FeatureName
from tests.dashboard.test_theme import contrast

INPUTS = HousingFeatures(**EXAMPLE)
AXIS = ValueAxis(0, 500, 250)
SHARES = st.floats(-3, 3)
PRICES = st.floats(0, TARGET_CAP)
PICTURE_CONTRAST = 3.0


@given(st.floats(0, 5), st.lists(SHARES, min_size=8, max_size=8))
def test_the_waterfall_adds_up_to_the_price_and_no_step_is_off(
    base: float, shares: list[float]
) -> None:
    values = dict(zip(FEATURE_NAMES, shares, strict=True))
    prediction = base + sum(shares)
    steps = build_up(Contributions(base_value=base, values=values), prediction)
    total = steps.base + sum(part.steps for part in steps.contributions)
    assert total == steps.total
    assert amount_of(total) == rounded(prediction)
    assert abs(value_of(steps.base) - base) <= 0.00100001
    for part in steps.contributions:
        assert abs(value_of(part.steps) - values[part.names[0]]) <= 0.00100001
    sizes = [abs(values[part.names[0]]) for part in steps.contributions]
    assert sizes == sorted(sizes, reverse=True)


def test_the_waterfall_draws_every_input_with_its_value_between_two_totals() -> None:
    values = dict(zip(FEATURE_NAMES, np.linspace(-0.4, 0.3, 8), strict=True))
    contributions = Contributions(base_value=2.0, values=values)
    figure = waterfall_figure(build_up(contributions, 2.0 + sum(values.values())), INPUTS)
    bars = figure["data"][0]
    assert bars["measure"] == ["absolute", *["relative"] * 8, "total"]
    assert sum(bars["x"][:-1]) == pytest.approx(bars["x"][-1])
    assert bars["y"][1] == "Median income 8.3252"
    assert bars["text"][-1] == f"<b>${bars['x'][-1]:,.0f}</b>"
    low, high = figure["layout"]["xaxis"]["range"]
    assert low == 0
    assert high > max(np.cumsum(bars["x"][:-1]))


@pytest.mark.parametrize(("base", "from_zero"), [(0.2, True), (4.0, False)])
def test_small_steps_far_from_zero_are_drawn_large_enough_to_be_seen(
    base: float, from_zero: bool
) -> None:
    values = dict(zip(FEATURE_NAMES, np.linspace(-0.04, 0.03, 8), strict=True))
    contributions = Contributions(base_value=base, values=values)
    figure = waterfall_figure(build_up(contributions, base + sum(values.values())), INPUTS)
    low, high = figure["layout"]["xaxis"]["range"]
    assert (low == 0) == from_zero
    largest = max(map(abs, figure["data"][0]["x"][1:-1]))
    assert largest > 0.1 * (high - low)


@given(PRICES, PRICES, PRICES)
def test_the_interval_is_drawn_on_the_scale_and_around_its_price(
    one: float, other: float, third: float
) -> None:
    lower, price, upper = sorted([one, other, third])
    interval = Interval(lower=lower, upper=upper, coverage=0.9)
    drawn = interval_picture(price, interval, interval_scale([interval]))
    left, width = map(float, re.findall(r"left:([\d.]+)%;width:([\d.]+)%", drawn)[0])
    mark = float(re.findall(r"left:([\d.]+)%;background:currentColor", drawn)[0])
    assert 0 <= left <= mark + 0.011
    assert mark <= left + width + 0.021
    assert left + width <= 100.011
    assert ("the cap or more" in interval_words(interval)) == (upper >= TARGET_CAP)


@given(st.floats(0, 1))
def test_more_support_never_has_a_worse_verdict(support: float) -> None:
    order = ["Extrapolation", "Sparse", "Well supported"]
    verdict = order.index(support_words(support).verdict)
    assert verdict == (0 if support == 0 else 1 if support < 0.05 else 2)


def test_a_curve_is_drawn_in_dollars_over_all_of_its_districts() -> None:
    curve = _curve("HouseAge")
    option = sensitivity_option(curve, 30.0, AXIS)
    line, histogram = option["series"]
    assert line["data"][0] == [1.0, 200.0]
    assert [count for _, count in histogram["data"][:-1]] == curve.histogram_counts
    assert option["title"][1]["text"] == "Block groups, n = 6"
    assert option["xAxis"][1]["name"] == "years"
    assert line["markLine"]["data"] == histogram["markLine"]["data"] == [{"xAxis": 30.0}]
    assert entered_words(curve, 30.0) == "Entered: 30"
    assert "(off the chart, right)" in entered_words(curve, 90.0)
    assert "(off the chart, left)" in entered_words(curve, 0.5)


def test_years_and_whole_numbers_are_written_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    year = {"name": "Built", "label": "Built", "description": "When.", "kind": "integer", "step": 1}
    ranges = {"accepted": [1900, 2100], "typical": [1950, 2020], "example": 2008}
    _use(monkeypatch, Feature.model_validate(year | ranges))
    axis = sensitivity_option(_curve("HouseAge"), 2008.0, AXIS)["xAxis"][1]
    assert axis["minInterval"] == 1
    assert axis["axisLabel"]["formatter"] == "{value}"
    assert entered_words(_curve("HouseAge"), 2008.0).startswith("Entered: 2008")


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["dry", "wet", "hot"], (0, 0)), (["Harbour", "Market", "University"], (0, 40))],
)
def test_every_word_of_a_short_category_is_written_below_its_bar(
    monkeypatch: pytest.MonkeyPatch, names: list[str], expected: tuple[int, int]
) -> None:
    words = {"kind": "category", "categories": names, "example": names[0]}
    described = {"name": "Place", "label": "Place", "description": "Where."}
    _use(monkeypatch, Feature.model_validate(described | words))
    curve = _curve("HouseAge").model_copy(update={"values": [0.0, 1.0, 2.0]})
    label = sensitivity_option(curve, names[0], AXIS)["xAxis"][1]["axisLabel"]
    assert (label["interval"], label["rotate"]) == expected


def _use(monkeypatch: pytest.MonkeyPatch, feature: Feature) -> None:
    """Draw an input of another table."""
    monkeypatch.setattr(sensitivity_chart, "feature_named", lambda _: feature)


@pytest.mark.parametrize("name", get_args(FeatureName))
def test_every_input_can_be_drawn(name: FeatureName) -> None:
    assert sensitivity_option(_curve(name), EXAMPLE[name], AXIS)["xAxis"][1]["name"]


def test_districts_at_one_place_are_one_dot_and_none_is_lost() -> None:
    districts = [_district(37.88, 1.0), _district(37.88, 3.0), _district(37.89, 5.00001)]
    places = places_around(INPUTS, districts)
    assert [len(place.rows) for place in places] == [2, 1]
    assert places[0].recorded == 2.0
    assert places[1].kilometres_north == pytest.approx(1.112, abs=0.001)
    dots = around_figure(places)["data"][0]
    assert dots["marker"]["color"] == pytest.approx([200_000, 500_001])
    assert "2 block groups" in dots["hovertext"][0]
    assert "Median income" in dots["hovertext"][1]


def test_both_maps_keep_their_shape_and_mark_the_block_group() -> None:
    places = places_around(INPUTS, [_district(37.89, 2.0)])
    overview, around = overview_figure(INPUTS, places), around_figure(places)
    assert (overview["data"][-1]["x"], overview["data"][-1]["y"]) == ([-122.23], [37.88])
    assert (around["data"][-1]["x"], around["data"][-1]["y"]) == ([0.0], [0.0])
    for figure, ratio in ((overview, 1.257), (around, 1.0)):
        assert figure["layout"]["yaxis"]["scaleanchor"] == "x"
        assert figure["layout"]["yaxis"]["scaleratio"] == pytest.approx(ratio, abs=0.001)


@given(st.lists(PRICES, min_size=1, max_size=20))
def test_the_colours_cover_what_was_found_and_are_never_stretched(prices: list[float]) -> None:
    north = np.linspace(33, 41, len(prices))
    districts = [_district(place, price) for place, price in zip(north, prices, strict=True)]
    colours = colour_range(places_around(INPUTS, districts))
    lowest, highest = colours.lowest, colours.highest
    assert 0 <= lowest <= min(prices) * 100_000
    assert max(prices) * 100_000 <= highest + 0.001
    assert highest - lowest >= 100_000


@pytest.mark.parametrize("ground", ["#ffffff", "#0f181c"])
@pytest.mark.parametrize("colour", [UP, DOWN, TOTAL, HERE])
def test_a_colour_of_a_chart_is_seen_on_both_grounds(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= PICTURE_CONTRAST


def _curve(name: FeatureName) -> SensitivityCurve:
    return SensitivityCurve(
        feature=name,
        values=[1.0, 26.0, 52.0],
        predictions=[2.0, 2.5, 3.0],
        histogram_edges=[1.0, 18.0, 35.0, 52.0],
        histogram_counts=[1, 2, 3],
    )


def _district(latitude: float, price: float) -> NearestDistrict:
    inputs = HousingFeatures(**EXAMPLE | {"Latitude": float(latitude)})
    return NearestDistrict(distance_km=1.0, input=inputs, price=price)
