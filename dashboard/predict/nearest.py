"""What lies around: the two maps and the nearest training districts as a table."""

from typing import Any

import streamlit as st

from backend.contract.predictions import FEATURES, HousingFeatures
from backend.contract.what_if import NearestDistrict, NearestResponse
from dashboard.predict.district_map import HEIGHT, around_figure, places_around, state_figure
from dashboard.shared.price import escaped, recorded_dollars
from dashboard.shared.still_chart import draw_still

NUMBER = 20
"""Districts asked for: enough for a picture of prices around, few enough to read."""


def draw_nearest(nearest: NearestResponse, inputs: HousingFeatures) -> None:
    """Draw where the block group lies, what was recorded around it, and the table of that."""
    districts = nearest.districts
    places = places_around(inputs, districts)
    state, around = st.columns(2, gap="medium")
    with state:
        st.markdown("**Where in California**")
        alt = "California with the block group marked"
        draw_still(state_figure(inputs, places), "state", HEIGHT, alt)
    with around:
        st.markdown(f"**The {len(districts)} nearest training districts, by recorded price**")
        alt = "The nearest districts coloured by recorded price"
        draw_still(around_figure(places), "around", HEIGHT, alt)
    st.caption(escaped(around_words(districts)))
    _draw_table(districts)


def around_words(districts: list[NearestDistrict]) -> str:
    """Say what was recorded around, and how to read the maps."""
    prices = sorted(district.price for district in districts)
    return (
        f"The red ring is the block group. The {len(districts)} nearest training districts, up to "
        f"{districts[-1].distance_km:.1f} km away, were recorded at {recorded_dollars(prices[0])} to "
        f"{recorded_dollars(prices[-1])}, the middle one at "
        f"{recorded_dollars(prices[len(prices) // 2])}. Districts at the same 0.01 degree are one "
        "larger dot in the colour of their mean; point at a dot for its details."
    )


def district_cells(districts: list[NearestDistrict]) -> list[dict[str, Any]]:
    """Return the cells of one row a district, nearest first."""
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
