"""Two maps without tiles: where the row lies, and the nearest rows around it."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.contract.definition import LATITUDE_NAME, LONGITUDE_NAME, SUBJECT, SUBJECTS, TARGET_CAP
from backend.contract.predictions import FEATURE_NAMES, HousingFeatures
from backend.contract.what_if import NearestDistrict
from dashboard.charts.coast import DEGREE_KILOMETRES
from dashboard.charts.colours import HERE, TOTAL
from dashboard.charts.land import degrees_layout, land, map_layout
from dashboard.charts.scale import USUAL, Scale, shortened
from dashboard.wording.feature_words import feature_named, with_unit
from dashboard.wording.value import in_written_unit, recorded

HEIGHT = 430
ROOM_FOR_BAR_PIXELS = 100
LEAST_REACH_KILOMETRES = 1.0
COLOUR_STEP = USUAL.step(10)
"""In the written unit."""
LEAST_STEPS, WIDE_STEPS = 2, 4
"""Colours are spread over the first number of steps at least; a legend of more than the second skips some."""
MOST_TOLD = 4
TOLD = [name for name in FEATURE_NAMES if name not in (LATITUDE_NAME, LONGITUDE_NAME)]
"""Inputs that the details of a row name, the first few."""


@dataclass(frozen=True)
class Place:
    """The rows at one point: places are often rounded, so several can share one."""

    kilometres_east: float
    kilometres_north: float
    rows: tuple[NearestDistrict, ...]

    @property
    def recorded(self) -> float:
        """The mean recorded value, in the target's unit."""
        return sum(row.price for row in self.rows) / len(self.rows)


def places_around(inputs: HousingFeatures, rows: Sequence[NearestDistrict]) -> list[Place]:
    """Return the rows by place, in km from the one that is asked about."""
    by_place: dict[tuple[float, float], list[NearestDistrict]] = defaultdict(list)
    for row in rows:
        by_place[_degrees(row.input)].append(row)
    east_here, north_here = _degrees(inputs)
    shrink = math.cos(math.radians(north_here))
    return [
        Place(
            (east - east_here) * DEGREE_KILOMETRES * shrink,
            (north - north_here) * DEGREE_KILOMETRES,
            tuple(here),
        )
        for (east, north), here in by_place.items()
    ]


def overview_figure(inputs: HousingFeatures, places: Sequence[Place]) -> dict[str, Any]:
    """Return the outline of the land with the nearest rows and this one on it."""
    east, north = _degrees(inputs)
    here = _here(east, north) | {"hovertext": [f"{north:g} degrees north<br>{east:g} degrees east"]}
    return {
        "data": [land(), _nearest_on_land(places), here],
        "layout": degrees_layout(HEIGHT),
    }


def around_figure(places: Sequence[Place]) -> dict[str, Any]:
    """Return the nearest rows in km around this one, coloured by recorded value."""
    nearest = {
        "x": [place.kilometres_east for place in places],
        "y": [place.kilometres_north for place in places],
        "mode": "markers",
        "name": f"Nearest {SUBJECTS}",
        "marker": _value_marker(places, size=15, scale=True),
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
    first = place.rows[0]
    title = f"<b>{', '.join(recorded(one.price) for one in place.rows)}</b>"
    if len(place.rows) > 1:
        return f"{len(place.rows)} {SUBJECTS}, {first.distance_km:.1f} km<br>{title}"
    values = first.input.model_dump()
    facts = [
        f"{feature_named(name).label}: {with_unit(feature_named(name), values[name])}"
        for name in TOLD[:MOST_TOLD]
    ]
    return "<br>".join([f"{title}, {first.distance_km:.1f} km", *facts])


def colour_range(places: Sequence[Place]) -> Scale:
    """Return the values at both ends of the colours, in the written unit.

    Whole steps around what was found: on one scale for the whole table neighbours look the same.
    """
    amounts = [in_written_unit(place.recorded) for place in places]
    lowest = math.floor(min(amounts) / COLOUR_STEP) * COLOUR_STEP
    highest = math.ceil(max(amounts) / COLOUR_STEP) * COLOUR_STEP
    # A cap that lies just above a whole step would open another step for nothing.
    highest = min(highest, max(in_written_unit(TARGET_CAP), max(amounts)))
    least = LEAST_STEPS * COLOUR_STEP
    if highest - lowest < least:
        lowest = max(highest - least, min(lowest, USUAL.lowest))
        highest = max(highest, lowest + least)
    return Scale(lowest, highest)


def _degrees(inputs: HousingFeatures) -> tuple[float, float]:
    values = inputs.model_dump()
    return values[LONGITUDE_NAME], values[LATITUDE_NAME]


def _value_bar(colours: Scale) -> dict[str, Any]:
    """Return the colours' legend, below and not beside the map: on a telephone there is no room."""
    steps = (colours.highest - colours.lowest) / COLOUR_STEP
    step = COLOUR_STEP * (2 if steps > WIDE_STEPS else 1)
    ticks = [colours.lowest + step * count for count in range(int(steps * COLOUR_STEP / step) + 1)]
    return {
        "tickvals": ticks,
        "tickangle": 0,
        "ticklabeloverflow": "allow",
        "len": 0.86,
        "ticktext": shortened(ticks),
        "orientation": "h",
        "thickness": 10,
        "yref": "container",
        "y": 0.0,
        "yanchor": "bottom",
    }


def _reach(places: Sequence[Place]) -> float:
    farthest = [max(abs(one.kilometres_east), abs(one.kilometres_north)) for one in places]
    return max(LEAST_REACH_KILOMETRES, *farthest) * 1.15


def _value_marker(places: Sequence[Place], *, size: int, scale: bool) -> dict[str, Any]:
    colours = colour_range(places)
    return {
        "color": [in_written_unit(place.recorded) for place in places],
        "cmin": colours.lowest,
        "cmax": colours.highest,
        "size": [size + 3 * (len(place.rows) - 1) for place in places],
        "opacity": 1,
        # The palest colour is the ground's: a rim shows where such a row is.
        "line": {"color": TOTAL, "width": 1.5},
        "showscale": scale,
        "colorbar": _value_bar(colours),
    }


def _nearest_on_land(places: Sequence[Place]) -> dict[str, Any]:
    found = [_degrees(place.rows[0].input) for place in places]
    return {
        "x": [east for east, _ in found],
        "y": [north for _, north in found],
        "mode": "markers",
        "name": f"Nearest {SUBJECTS}",
        "marker": _value_marker(places, size=7, scale=False),
        "hoverinfo": "skip",
    }


def _here(east: float, north: float) -> dict[str, Any]:
    # A ring, because the row may itself be one of the nearest, whose dot must be seen.
    ring = {"color": HERE, "symbol": "circle-open", "size": 24, "opacity": 1}
    return {
        "x": [east],
        "y": [north],
        "mode": "markers",
        "name": f"This {SUBJECT}",
        "marker": ring | {"line": {"color": HERE, "width": 3}},
        "hoverinfo": "text",
    }
