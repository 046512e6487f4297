"""Two maps without tiles: the place in California, and the nearest districts around it."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.contract.predictions import DISPLAY, TARGET_CAP, HousingFeatures
from backend.contract.table import SUBJECT
from backend.contract.what_if import NearestDistrict
from dashboard.shared.california import california_land, california_layout, map_layout
from dashboard.shared.colours import HERE, TOTAL
from dashboard.shared.feature_words import feature_named, with_unit
from dashboard.shared.price import recorded_dollars

DEGREE_KILOMETRES = 111.195
"""One degree along a meridian of a globe with a radius of 6,371 km, as the service counts."""
HEIGHT = 430
ROOM_FOR_BAR_PIXELS = 100
LEAST_REACH_KILOMETRES = 1.0
COLOUR_STEP_DOLLARS = 50_000
WIDE_STEPS = 4
"""A legend of more steps than this labels every other one."""
TOLD = ("MedInc", "HouseAge", "AveRooms", "Population")
"""Inputs that the details of a district name."""


@dataclass(frozen=True)
class Place:
    """The districts at one point: the census gives places to 0.01 degrees, so several can share one."""

    kilometres_east: float
    kilometres_north: float
    districts: tuple[NearestDistrict, ...]

    @property
    def price(self) -> float:
        """The mean recorded price, in 100,000 USD."""
        return sum(district.price for district in self.districts) / len(self.districts)


def places_around(inputs: HousingFeatures, districts: Sequence[NearestDistrict]) -> list[Place]:
    """Return the districts by place, in km from the block group that is asked about."""
    by_place: dict[tuple[float, float], list[NearestDistrict]] = defaultdict(list)
    for district in districts:
        by_place[district.input.Longitude, district.input.Latitude].append(district)
    shrink = math.cos(math.radians(inputs.Latitude))
    return [
        Place(
            (east - inputs.Longitude) * DEGREE_KILOMETRES * shrink,
            (north - inputs.Latitude) * DEGREE_KILOMETRES,
            tuple(here),
        )
        for (east, north), here in by_place.items()
    ]


def state_figure(inputs: HousingFeatures, places: Sequence[Place]) -> dict[str, Any]:
    """Return the outline of California with the nearest districts and the block group on it."""
    here = _here(inputs.Longitude, inputs.Latitude) | {
        "hovertext": [f"{inputs.Latitude:g} degrees north<br>{inputs.Longitude:g} degrees east"]
    }
    return {
        "data": [california_land(), _nearest_on_state(places), here],
        "layout": california_layout(HEIGHT),
    }


def around_figure(places: Sequence[Place]) -> dict[str, Any]:
    """Return the nearest districts in km around the block group, coloured by recorded price."""
    nearest = {
        "x": [place.kilometres_east for place in places],
        "y": [place.kilometres_north for place in places],
        "mode": "markers",
        "name": "Nearest districts",
        "marker": _price_marker(places, size=15, scale=True),
        "hovertext": [place_words(place) for place in places],
        "hoverinfo": "text",
    }
    here = _here(0.0, 0.0) | {"hovertext": [f"This {SUBJECT}"]}
    layout = map_layout(HEIGHT, "km east", "km north")
    reach = _reach(places)
    layout["margin"]["b"] = ROOM_FOR_BAR_PIXELS
    layout["xaxis"]["range"] = layout["yaxis"]["range"] = [-reach, reach]
    return {"data": [nearest, here], "layout": layout}


def place_words(place: Place) -> str:
    """Return the details of a place, as Plotly's HTML."""
    first = place.districts[0]
    title = f"<b>{', '.join(recorded_dollars(one.price) for one in place.districts)}</b>"
    if len(place.districts) > 1:
        return f"{len(place.districts)} districts, {first.distance_km:.1f} km<br>{title}"
    values = first.input.model_dump()
    facts = [
        f"{feature_named(name).label}: {with_unit(feature_named(name), values[name])}"
        for name in TOLD
    ]
    return "<br>".join([f"{title}, {first.distance_km:.1f} km", *facts])


def colour_range(places: Sequence[Place]) -> tuple[int, int]:
    """Return the prices at both ends of the colours, in dollars.

    Whole steps around what was found: on one scale for all of California a city's prices look the same.
    """
    dollars = [place.price * DISPLAY.factor for place in places]
    lowest = int(min(dollars) // COLOUR_STEP_DOLLARS) * COLOUR_STEP_DOLLARS
    highest = -int(-max(dollars) // COLOUR_STEP_DOLLARS) * COLOUR_STEP_DOLLARS
    # The cap lies one dollar above a whole step, which would open another step for nothing.
    highest = min(highest, round(TARGET_CAP * DISPLAY.factor))
    least_span = 2 * COLOUR_STEP_DOLLARS
    highest = max(highest, least_span)
    return min(lowest, highest - least_span), highest


def _price_bar(lowest: int, highest: int) -> dict[str, Any]:
    """Return the colours' legend, below and not beside the map: on a telephone there is no room."""
    wide = highest - lowest > WIDE_STEPS * COLOUR_STEP_DOLLARS
    step = COLOUR_STEP_DOLLARS * (2 if wide else 1)
    ticks = [*range(lowest, highest + 1, step)]
    return {
        "tickvals": ticks,
        "tickangle": 0,
        "ticklabeloverflow": "allow",
        "len": 0.86,
        "ticktext": [f"${tick // 1_000}k" for tick in ticks],
        "orientation": "h",
        "thickness": 10,
        "yref": "container",
        "y": 0.0,
        "yanchor": "bottom",
    }


def _reach(places: Sequence[Place]) -> float:
    farthest = [max(abs(one.kilometres_east), abs(one.kilometres_north)) for one in places]
    return max(LEAST_REACH_KILOMETRES, *farthest) * 1.15


def _price_marker(places: Sequence[Place], *, size: int, scale: bool) -> dict[str, Any]:
    lowest, highest = colour_range(places)
    return {
        "color": [place.price * DISPLAY.factor for place in places],
        "cmin": lowest,
        "cmax": highest,
        "size": [size + 3 * (len(place.districts) - 1) for place in places],
        "opacity": 1,
        # The palest colour is the ground's: a rim shows where such a district is.
        "line": {"color": TOTAL, "width": 1.5},
        "showscale": scale,
        "colorbar": _price_bar(lowest, highest),
    }


def _nearest_on_state(places: Sequence[Place]) -> dict[str, Any]:
    found = [place.districts[0].input for place in places]
    return {
        "x": [one.Longitude for one in found],
        "y": [one.Latitude for one in found],
        "mode": "markers",
        "name": "Nearest districts",
        "marker": _price_marker(places, size=7, scale=False),
        "hoverinfo": "skip",
    }


def _here(east: float, north: float) -> dict[str, Any]:
    # A ring, because the block group may itself be one of the districts, whose dot must be seen.
    ring = {"color": HERE, "symbol": "circle-open", "size": 24, "opacity": 1}
    return {
        "x": [east],
        "y": [north],
        "mode": "markers",
        "name": f"This {SUBJECT}",
        "marker": ring | {"line": {"color": HERE, "width": 3}},
        "hoverinfo": "text",
    }
