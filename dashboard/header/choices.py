"""The header's choices: range of time, time zone, refresh. All of them are in the address."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from dashboard.header.style import HIDDEN, ONLY_ICON
from dashboard.shared.refresh import OFF, REFRESH, forget_readings, paces, usual_pace
from dashboard.timeline.comparison import COMPARE
from dashboard.timeline.time_range import (
    BEGIN,
    END,
    LENGTHS,
    OWN,
    RANGE,
    USUAL,
    InvalidRange,
    chosen_range,
    range_of,
    show_range,
    written_range,
)
from dashboard.wording.zone import KEY as ZONE
from dashboard.wording.zone import UTC_NAME, zone_name

ZONE_BEFORE = "zone_before"
"""Session state: the zone in which the own range is written."""
RANGE_PIXELS, ZONE_PIXELS, REFRESH_PIXELS = 104, 140, 90


def choose_range(usual: timedelta | None) -> None:
    """Let the operator choose a range; on a page without a ``usual`` one, only keep what was chosen."""
    place = st.container(
        key=HIDDEN if usual is None else "header_range",
        horizontal=True,
        vertical_alignment="center",
        gap="small",
        width="content",
    )
    with place:
        st.selectbox(
            "Range of time",
            (USUAL, *LENGTHS, OWN),
            key=RANGE,
            bind="query-params",
            label_visibility="collapsed",
            width=RANGE_PIXELS,
            help="*Usual* is what each page shows by itself. The choice goes with you from page to page.",
        )
        with st.popover(
            "Range of your own",
            icon=":material/calendar_clock:",
            key=f"{ONLY_ICON}_calendar",
            help="A range of your own",
        ):
            _write_range()
        if usual is not None:
            st.button(
                "Zoom out",
                icon=":material/zoom_out:",
                key=f"{ONLY_ICON}_zoom_out",
                on_click=_zoom_out,
                args=(usual,),
                help="A range twice as long",
            )


def _write_range() -> None:
    st.markdown(f"**A range of your own**, times in {zone_name()}")
    for key, label, example in ((BEGIN, "From", "2026-11-30 14:00"), (END, "To", "now")):
        st.text_input(
            label, key=key, bind="query-params", placeholder=example, on_change=_take_written
        )
    st.checkbox(
        "Compare with the period before",
        key=COMPARE,
        bind="query-params",
        help="*Overview*, *Latency* and *Performance* show the equally long period that ended where this one "
        "begins.",
    )
    if st.session_state.get(RANGE) == OWN:
        try:
            written_range(datetime.now(UTC))
        except InvalidRange as problem:
            st.error(str(problem), icon=":material/error:")


def _zoom_out(usual: timedelta) -> None:
    show_range(*chosen_range(usual).wider(datetime.now(UTC)))


def _take_written() -> None:
    st.session_state[RANGE] = OWN if st.session_state.get(BEGIN) else USUAL


def choose_zone() -> None:
    """Let the operator choose a zone: UTC, the browser's, or any other."""
    own = st.context.timezone
    first = [UTC_NAME, *([own] if own and own != UTC_NAME else [])]
    st.session_state[ZONE_BEFORE] = zone_name()
    st.selectbox(
        "Time zone",
        [*first, *(name for name in _zones() if name not in first)],
        key=ZONE,
        bind="query-params",
        label_visibility="collapsed",
        width=ZONE_PIXELS,
        on_change=_write_in_zone,
        help="Of all times on the pages. Steps of charts begin at its round times.",
    )


@cache
def _zones() -> list[str]:
    """Return the names of all zones; each time, Python looks for them in hundreds of files."""
    return sorted(available_timezones())


def _write_in_zone() -> None:
    """Keep an own range where it is, written in the new zone."""
    if st.session_state.get(RANGE) != OWN:
        return
    now, zone = datetime.now(UTC), ZoneInfo(st.session_state[ZONE_BEFORE])
    try:
        found = range_of(st.session_state[BEGIN], st.session_state[END], zone, now)
    except InvalidRange:
        return
    show_range(*found.bounds(now))
    if found.until is None:
        st.session_state[END] = ""


def choose_refresh() -> None:
    """Let the operator choose how often pages read again, or have them read now."""
    options = [OFF, *paces()]
    st.selectbox(
        "Refresh",
        options,
        index=options.index(usual_pace()),
        key=REFRESH,
        bind="query-params",
        label_visibility="collapsed",
        width=REFRESH_PIXELS,
        help="How often an open page reads the service again.",
    )
    st.button(
        "Read again",
        icon=":material/refresh:",
        key=f"{ONLY_ICON}_read",
        on_click=forget_readings,
        help="Read everything again now",
    )
