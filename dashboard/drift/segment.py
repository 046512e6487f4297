"""Of which rows the page is: all, or those of a segment that a person builds."""

import streamlit as st

from backend.contract.definition import SEGMENT_NAMES
from backend.contract.query.where import Condition, written_where
from dashboard.drift.reference import ReferenceChoice
from dashboard.navigation import PERFORMANCE
from dashboard.shared.segment_choice import PARAMETER, SegmentChoice

SEGMENT = SegmentChoice("drift")


def choose_rows() -> tuple[Condition, ...]:
    """Let the operator build a segment; without one, all rows are compared."""
    return SEGMENT.draw(SEGMENT_NAMES, "Segment", "All rows; choose inputs, then what they must be")


def is_missing(where: tuple[Condition, ...], reference: ReferenceChoice) -> bool:
    """Say so if a segment is needed and none is there."""
    missing = reference.kind == "others" and not where
    if missing:
        st.info("Choose a segment: it is compared with all other predictions of the period.")
    return missing


def link_error(where: tuple[Condition, ...]) -> None:
    """Draw a link to the error of the segment, if there is one."""
    if where:
        PERFORMANCE.link("Error of this segment", {PARAMETER: written_where(where)})
