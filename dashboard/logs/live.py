"""A list that follows new rows while its switch is on and no row is opened."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from backend.contract.records import PageResponse
from backend.contract.stored.counts import CountsResponse
from dashboard.settings import dashboard_settings
from dashboard.shared.open_row import rows_key
from dashboard.shared.paged_list import Answer, PagedList
from dashboard.shared.refresh import refresh_seconds
from dashboard.shared.service import asking_quietly
from dashboard.wording.moment import to_the_second

SHORTEST_SECONDS = 2.0
COUNTS_AGE = timedelta(seconds=15)
"""How old counts may be while a list is followed: they cost more than its newest rows."""


def live_seconds() -> float:
    """Return how often a followed list is read."""
    return max(SHORTEST_SECONDS, refresh_seconds() or dashboard_settings().refresh_seconds)


def choose_live(name: str) -> bool:
    """Draw the switch of a list; ``name`` is the prefix of its key."""
    return st.toggle(
        "Live",
        key=f"{name}_live",
        help=f"Read the newest rows every {live_seconds():g} s. Pauses while a row is open.",
        bind="query-params",
    )


def draw_live(draw: Callable[[], None], *, live: bool) -> None:
    """Draw a list: again and again by itself while it is live."""
    if live:
        st.fragment(draw, run_every=live_seconds())()
    else:
        draw()


class LiveList(PagedList[Answer]):
    """The pages of a list and the counts of all its rows; the newest page can be followed.

    Parameters
    ----------
    name
        Prefix of its session state and of its buttons' keys.
    rows
        Returns the rows of an answer.
    """

    def __init__(self, name: str, rows: Callable[[Answer], Any]) -> None:
        super().__init__(name)
        self._rows = rows

    def follow(
        self,
        filters: object,
        ask: Callable[[str | None], Answer],
        count: Callable[[], CountsResponse],
        *,
        live: bool,
    ) -> tuple[Answer, CountsResponse | None]:
        """Return the current page and the counts; of a live list the newest page, unless a row is open.

        Rows are shown even if counting them fails, which is said in its place.

        Raises
        ------
        ClientError
            If the page cannot be read.
        """
        if live and not self.is_open():
            self._begin()
        known = self._state("counted")
        is_new = self._state("filters") != filters

        def ask_both(token: str | None) -> Answer:
            answer = ask(token)
            now = datetime.now(UTC)
            is_old = known is None or not live or now - known.timestamp > COUNTS_AGE
            if is_new or (token is None and is_old):
                self._keep("counted", None)
                with asking_quietly("Counts"):
                    self._keep("counted", count())
            return answer

        answer = self.read(filters, ask_both)
        return answer, self._state("counted")

    def is_open(self) -> bool:
        """Whether a row of the current page is opened."""
        answer: Answer | None = self._state("answer")
        rows = self._rows(answer) if answer is not None else ()
        table = st.session_state.get(rows_key(self._name, rows)) if rows else None
        return bool(table and table["selection"]["rows"])


def draw_looked(answer: PageResponse) -> None:
    """Say how far back a page was searched, if that is not the whole period."""
    if answer.looked_since is None:
        return
    more = "Older searches on." if answer.next_page_token else "Choose a shorter time for all."
    st.caption(f"Searched back to {to_the_second(answer.looked_since)}, a million rows. {more}")
