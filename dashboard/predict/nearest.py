"""The surroundings: the two maps and the nearest training districts as a table."""

from statistics import median
from typing import Any

import streamlit as st

from backend.contract.predictions import FEATURES, HousingFeatures
from backend.contract.table import SUBJECT
from backend.contract.what_if import NearestDistrict, NearestResponse
from dashboard.predict.district_map import HEIGHT, around_figure, places_around, state_figure
from dashboard.shared.price import escaped, recorded_dollars
from dashboard.shared.still_chart import draw_still

NUMBER = 20
"""Districts shown: enough for a picture of prices around, few enough to read."""


def draw_nearest(nearest: NearestResponse, inputs: HousingFeatures) -> None:
    """Draw where the block group is, the recorded prices around it, and their table."""
    districts = nearest.districts
    places = places_around(inputs, districts)
    state, around = st.columns(2, gap="medium")
    with state:
        st.markdown("**Location in California**")
        alt = f"The map with the {SUBJECT} marked"
        draw_still(state_figure(inputs, places), "state", HEIGHT, alt)
    with around:
        st.markdown(f"**The {len(districts)} nearest training districts, by recorded price**")
        alt = "The nearest districts coloured by recorded price"
        draw_still(around_figure(places), "around", HEIGHT, alt)
    st.caption(escaped(around_words(districts)))
    _draw_table(districts)


def around_words(districts: list[NearestDistrict]) -> str:
    """Describe the recorded prices around, and how to read the maps."""
    prices = [district.price for district in districts]
    return (
        f"The red ring marks this {SUBJECT}. Recorded prices of the {len(districts)} nearest training "
        f"districts, up to {districts[-1].distance_km:.1f} km away: {recorded_dollars(min(prices))} to "
        f"{recorded_dollars(max(prices))}, median {recorded_dollars(median(prices))}. Districts "
        "at the same 0.01 degree share a larger dot in their mean colour. Hover over a dot for details."
    )


def district_cells(districts: list[NearestDistrict]) -> list[dict[str, Any]]:
    """Return one row of cells for each district, nearest first."""
    return [
        {"distance": district.distance_km, "price": recorded_dollars(district.price)}
        | district.input.model_dump()
        for district in districts
    ]


def _draw_table(districts: list[NearestDistrict]) -> None:
    inputs = {
        feature.name: st.column_config.NumberColumn(
            feature.label, format="%.6g", help=feature.description
        )
        for feature in FEATURES
    }
    st.dataframe(
        district_cells(districts),
        key="predict_nearest",
        height=300,
        hide_index=True,
        column_config={
            "distance": st.column_config.NumberColumn("Distance, km", format="%.1f", pinned=True),
            "price": st.column_config.TextColumn("Recorded price", alignment="right"),
            **inputs,
        },
        alt="The nearest training districts with distance, recorded price and inputs",
    )
