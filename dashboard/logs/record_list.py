"""One list of Logs as it is drawn: its counts, its export, its pages and their rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import streamlit as st

from backend.contract.stored.counts import CountsResponse
from dashboard.logs.counts import FacetChoice, draw_counts
from dashboard.logs.export import Read, draw_export
from dashboard.logs.live import LiveList, draw_looked
from dashboard.shared.paged_list import Answer
from dashboard.shared.service import asking_service
from dashboard.wording.zone import zone_name


@dataclass(frozen=True)
class RecordList(Generic[Answer]):
    """What is particular about one list.

    Attributes
    ----------
    name
        Prefix of its keys, and its export's name.
    noun
        What its rows are, in the plural.
    filters, facets
        What was chosen: another choice begins at the newest page.
    rows
        Returns the rows of an answer.
    ask, count, export
        Ask the service for a page, for the counts, and for a file.
    draw
        Draws the rows of a page.
    """

    name: str
    noun: str
    filters: object
    facets: Mapping[str, FacetChoice]
    rows: Callable[[Answer], Sequence[Any]]
    ask: Callable[[str | None], Answer]
    count: Callable[[], CountsResponse]
    export: Read
    draw: Callable[[Answer], None]


def draw_list(found: RecordList[Answer], *, live: bool) -> None:
    """Draw a list; a failed call leaves one sentence in its place."""
    pages = LiveList[Answer](found.name, found.rows)
    with asking_service():
        filters = (found.filters, zone_name())
        answer, counts = pages.follow(filters, found.ask, found.count, live=live)
        if draw_counts(found.name, found.noun, counts, found.facets) and live:
            st.rerun()
        with st.container(horizontal=True, key=f"{found.name}_top"):
            counted = counts.rows if counts else 0
            draw_export(found.name, found.noun, found.filters, counted, found.export)
            pages.draw_turning(answer)
        draw_looked(answer)
        found.draw(answer)
