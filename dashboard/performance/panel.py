"""The Performance page as one live block: verdict, figures, trend, map, segments."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.contract.definition import HAS_PLACE
from backend.contract.performance import PerformanceQuery, PerformanceResponse
from backend.contract.query.sources import Source
from dashboard.navigation import PERFORMANCE
from dashboard.performance.error_chart import draw_error_chart
from dashboard.performance.error_map import draw_error_map
from dashboard.performance.residual_chart import draw_residuals
from dashboard.performance.segment import draw_segment
from dashboard.performance.shadow_chart import shadow_panel
from dashboard.performance.slices import draw_slices
from dashboard.performance.version import choose_version, offer_previous
from dashboard.performance.words import (
    estimated_facts,
    label_sentence,
    realized_facts,
    verdict,
)
from dashboard.shared.judged import choose_judged
from dashboard.shared.service import asking_quietly, asking_service, housing_client
from dashboard.shared.sources import left_out_words
from dashboard.shared.verdict_age import age_words
from dashboard.timeline.comparison import is_compared
from dashboard.timeline.time_range import chosen_range
from dashboard.wording.words import capitalized
from dashboard.wording.zone import zone_name

VERSION_PIXELS = 330
MAP_PIXELS = 360


def draw_performance() -> None:
    """Read the chosen window, then draw it: a failed call leaves one sentence in its place."""
    shown = chosen_range(PERFORMANCE.usual)
    sources, version_side = _choose()
    with asking_service():
        models = housing_client().models()
        with version_side:
            version = choose_version(models)
        query = PerformanceQuery(
            window=shown.length,
            until=shown.until,
            sources=sources,
            zone=zone_name(),
            model_version=version,
        )
        found = housing_client().performance(query)
        before: PerformanceResponse | None = None
        if is_compared():
            with asking_quietly("Comparison with the period before"):
                earlier = query.model_copy(update={"until": found.since})
                before = housing_client().performance(earlier)
        _draw_verdict(found)
        if version is None:
            offer_previous(found, models)
        realized, estimated = st.columns(2, gap="large")
        with realized:
            _draw_figures("Realized", realized_facts(found, before), found.realized.reason)
        with estimated:
            _draw_figures("Estimated", estimated_facts(found), found.estimated.reason)
            if found.estimated.caution is not None:
                st.markdown(f":orange[:material/explore:] :gray[{found.estimated.caution}]")
        if found.labels.predictions:
            draw_error_chart(found)
        if found.n_labelled:
            _draw_labelled(found)
            draw_segment(found, query)
        shadow_panel(housing_client(), shown)


def _choose() -> tuple[tuple[Source, ...], DeltaGenerator]:
    """Let the operator choose the traffic; return it and the place of the version's choice."""
    # Side by side as far as there is room: in columns, a narrow screen would cut them.
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        sources = choose_judged("performance")
        version_side = st.container(width=VERSION_PIXELS)
    return sources, version_side


def _draw_verdict(found: PerformanceResponse) -> None:
    words = verdict(found)
    st.markdown(f":{words.colour}[:material/{words.icon}: **{words.title}**]  \n{words.sentence}")
    counted = label_sentence(found) + left_out_words(found.left_out)
    st.caption(f"{counted} {capitalized(age_words(found.until))}.")


def _draw_figures(title: str, facts: dict[str, str], reason: str | None) -> None:
    st.header(title, anchor=False)
    if reason is not None:
        st.markdown(f":gray[Not enough data: {reason}]")
    if facts:
        st.table(facts, border="horizontal", alt=f"{title} error and its confidence intervals")


def _draw_labelled(found: PerformanceResponse) -> None:
    if HAS_PLACE:
        # A map of less than this is too small to click: on a narrow screen it goes below.
        with st.grid(2, min_column_width=MAP_PIXELS, gap="large"):
            with st.container():
                draw_residuals(found)
            with st.container():
                draw_error_map(found)
    else:
        draw_residuals(found)
    draw_slices(found)
