"""The Drift page: the verdict, the ranking, one input, all inputs together, and the action."""

import streamlit as st

from backend.contract.query.sources import CUSTOMERS
from dashboard.drift.column import draw_opened, opened_name
from dashboard.drift.download import draw_download
from dashboard.drift.harm import draw_harm
from dashboard.drift.multivariate_chart import draw_multivariate
from dashboard.drift.reading import DriftChoice, DriftReading, read_drift
from dashboard.drift.reference import choose_reference
from dashboard.drift.refused import draw_refused
from dashboard.drift.segment import choose_rows, is_missing, link_error
from dashboard.drift.table import draw_table
from dashboard.drift.verdict import draw_no_verdict, draw_verdict
from dashboard.navigation import DRIFT
from dashboard.shared.judged import choose_judged
from dashboard.shared.retraining_request import draw_retraining_request
from dashboard.shared.service import asking_service, housing_client
from dashboard.timeline.time_range import chosen_range
from dashboard.wording.zone import zone_name

UNSEEN = (
    "Inputs cannot show that actual values changed while the inputs did not (all 20 % higher, for "
    "example): only actual values do, on the Performance page."
)


def draw_drift() -> None:
    """Read the chosen range, then draw it: a failed call leaves one sentence in its place."""
    shown = chosen_range(DRIFT.usual)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sources, reference = choose_judged("drift"), choose_reference()
    where = choose_rows()
    if not reference.is_complete or is_missing(where, reference):
        return
    choice = DriftChoice(shown, sources, zone_name(), reference, where)
    with asking_service():
        with st.spinner("Comparing …"):
            reading = read_drift(housing_client(), choice, opened_name())
        found = reading.found
        if not where:
            draw_refused(reading.refused)
        if found.drift_analysis.status != "ok":
            draw_no_verdict(found)
            draw_download(reading)
            link_error(where)
            return
        _draw_found(reading, of_customers=choice.sources == CUSTOMERS)


def _draw_found(reading: DriftReading, *, of_customers: bool) -> None:
    found = reading.found
    draw_verdict(found)
    if found.harm is not None:
        draw_harm(found.harm)
    st.caption(UNSEEN)
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_download(reading)
        link_error(found.where or ())
    # A retraining learns from customers alone, from all rows, and from what training does not know.
    if of_customers and found.reference.kind == "training" and found.where is None:
        draw_retraining_request(found)
    st.header("Inputs by severity", anchor=False)
    draw_table(found)
    if found.opened is not None:
        draw_opened(found, found.opened)
    draw_multivariate(found.drift_analysis.multivariate)
