"""The surroundings: the nearest training rows as a table, and on two maps where the table has a place."""

from statistics import median
from typing import Any

import streamlit as st

from backend.contract.definition import HAS_PLACE, SUBJECT, SUBJECTS
from backend.contract.predictions import HousingFeatures
from backend.contract.what_if import NearestDistrict, NearestResponse
from dashboard.charts.still_chart import draw_still
from dashboard.predict.form import fill_and_ask, filled
from dashboard.predict.place_map import HEIGHT, around_figure, overview_figure, places_around
from dashboard.wording.feature_words import input_columns
from dashboard.wording.value import escaped, ranged, recorded
from dashboard.wording.words import VALUE

DISTANCE, RECORDED = "#distance", "#recorded"
"""Columns; no input can have such a name."""
NUMBER = 20
"""Rows shown: enough for a picture of the values around, few enough to read."""


def draw_nearest(nearest: NearestResponse, inputs: HousingFeatures) -> None:
    """Draw the recorded values around the row: on maps if there is a place, and as a table."""
    rows = nearest.districts
    if HAS_PLACE:
        _draw_maps(rows, inputs)
        st.caption(escaped(f"{around_words(rows)} {_map_words()}"))
    else:
        st.markdown(f"**The {len(rows)} nearest training {SUBJECTS}**")
        st.caption(escaped(f"{around_words(rows)} {_distance_words()}"))
    _draw_table(rows)


def _draw_maps(rows: list[NearestDistrict], inputs: HousingFeatures) -> None:
    places = places_around(inputs, rows)
    overview, around = st.columns(2, gap="medium")
    with overview:
        st.markdown("**Location**")
        alt = f"The map with the {SUBJECT} marked"
        draw_still(overview_figure(inputs, places), "overview", HEIGHT, alt)
    with around:
        st.markdown(f"**The {len(rows)} nearest training {SUBJECTS}, by recorded {VALUE}**")
        alt = f"The nearest {SUBJECTS} coloured by recorded {VALUE}"
        draw_still(around_figure(places), "around", HEIGHT, alt)


def around_words(rows: list[NearestDistrict]) -> str:
    """Describe the recorded values around."""
    values = [row.price for row in rows]
    farthest = rows[-1].distance_km
    away = "" if farthest is None else f", up to {farthest:.1f} km away"
    return (
        f"Recorded {VALUE} of the {len(rows)} nearest training {SUBJECTS}{away}: "
        f"{ranged(recorded(min(values)), recorded(max(values)))}, median {recorded(median(values))}."
    )


def _map_words() -> str:
    return (
        f"The red ring marks this {SUBJECT}. {SUBJECTS.capitalize()} at the same place share a larger dot "
        "in their mean colour. Hover over a dot for details."
    )


def _distance_words() -> str:
    return "Distance: of the inputs, each divided by its usual range (5th to 95th percentile)."


def nearest_cells(rows: list[NearestDistrict]) -> list[dict[str, Any]]:
    """Return one row of cells for each row, nearest first."""
    return [
        {
            DISTANCE: row.distance_km if HAS_PLACE else row.distance,
            RECORDED: recorded(row.price),
        }
        | row.input.model_dump()
        for row in rows
    ]


def _draw_table(rows: list[NearestDistrict]) -> None:
    unit, form = (", km", "%.1f") if HAS_PLACE else ("", "%.2f")
    cells = nearest_cells(rows)
    key = f"predict_nearest_{filled()}"  # a selection is by position: other rows have none
    st.dataframe(
        cells,
        key=key,
        on_select=lambda: _load(key, rows),
        selection_mode="single-row",
        height=300,
        hide_index=True,
        column_config={
            DISTANCE: st.column_config.NumberColumn(f"Distance{unit}", format=form, pinned=True),
            RECORDED: st.column_config.TextColumn(f"Recorded {VALUE}", alignment="right"),
            **input_columns(cells),
        },
        placeholder="–",
        alt=f"The nearest training {SUBJECTS} with distance, recorded {VALUE} and inputs",
    )
    st.caption(f"Select a row at its left edge to predict for that {SUBJECT}.")


def _load(key: str, rows: list[NearestDistrict]) -> None:
    selected = st.session_state[key].selection.rows
    if selected:
        fill_and_ask(rows[selected[0]].input)
