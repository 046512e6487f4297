"""Above the prediction: how far its inputs are from anything that the model learned from."""

import streamlit as st

from backend.contract.definition import (
    HAS_PLACE,
    LATITUDE_NAME,
    LONGITUDE_NAME,
    SUBJECT,
)
from backend.contract.predictions import HousingFeatures, PredictionResponse
from backend.contract.what_if import NearestDistrict
from dashboard.charts.coast import kilometres_off_land
from dashboard.predict.details import details_of
from dashboard.predict.support import SPARSE_BELOW
from dashboard.shared.service import asking_service
from dashboard.wording.value import escaped
from dashboard.wording.words import VALUE

OUTLINE_KILOMETRES = 10
"""Outlines are drawn so coarsely that rows on the coast are up to so far off the land."""


def draw_remoteness(answer: PredictionResponse) -> None:
    """Say how far the nearest training row is, if few or none are as far from the others as this one."""
    if answer.support >= SPARSE_BELOW:
        return
    with asking_service():
        nearest = details_of(answer).nearest().districts[0]
        st.warning(
            escaped(remoteness_words(nearest, answer.input)), icon=":material/wrong_location:"
        )


def remoteness_words(nearest: NearestDistrict, inputs: HousingFeatures) -> str:
    """Return what the nearest training row, and the land, are away."""
    off = _off_land(inputs) if HAS_PLACE else None
    at_sea = off is not None and off > OUTLINE_KILOMETRES
    land = f", {off:,.0f} km off the map's land" if at_sea else ""
    return f"{_distance_words(nearest)}{land}. Do not rely on this {VALUE}."


def _distance_words(nearest: NearestDistrict) -> str:
    if nearest.distance_km is not None:
        return f"{nearest.distance_km:,.1f} km from the nearest training {SUBJECT}"
    return (
        f"Differs by {nearest.distance or 0:.1f} times the inputs' usual ranges from the nearest training "
        f"{SUBJECT}"
    )


def _off_land(inputs: HousingFeatures) -> float | None:
    values = inputs.model_dump()
    return kilometres_off_land(values[LONGITUDE_NAME], values[LATITUDE_NAME])
