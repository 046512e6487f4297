"""The slowest requests of the range, with the stages in which their time went."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from backend.contract.stored.traffic import SlowRequest, Stages
from dashboard.latency.reading import SLOWEST, LatencyReading, is_open
from dashboard.shared.open_row import draw_rows
from dashboard.shared.request import draw_request, request_cells, request_columns
from dashboard.wording.moment import clock

FIRST, LAST = ("timestamp", "milliseconds"), ("endpoint", "status", "model_version")
"""Columns before and behind the stages: as many as a small screen shows. The opened row has all."""


STAGES = {
    "parse": "Reading and checking the request",
    "model": "The model, an explanation included",
    "append": "Logging the answer, the wait for the disk included",
    "write": "Writing the answer, without the network",
}


def draw_slowest(reading: LatencyReading) -> None:
    """Draw the requests; one of them can be opened."""
    st.header("Slowest requests", anchor=False)
    opened = draw_rows(
        SLOWEST,
        reading.slowest,
        _cells,
        _columns(),
        "No requests in this range.",
        "slowest first",
    )
    if opened is not None:
        draw_request(SLOWEST, opened, _stage_facts(opened.stages))
    state = "; paused while a row is open" if is_open(reading.slowest) else ""
    st.caption(f"{stage_words(reading.slowest)}Updated {clock(reading.slowest_at)}{state}.")


def _cells(row: SlowRequest) -> dict[str, Any]:
    cells = request_cells(row)
    staged = dict.fromkeys(STAGES) | (row.stages.model_dump() if row.stages else {})
    in_ms = {name: None if each is None else each * 1_000 for name, each in staged.items()}
    return {name: cells[name] for name in FIRST} | in_ms | {name: cells[name] for name in LAST}


def _columns() -> dict[str, Any]:
    return request_columns() | {
        name: st.column_config.NumberColumn(
            name.capitalize(), format="%.2f", width=62, help=f"{words}, in milliseconds"
        )
        for name, words in STAGES.items()
    }


def _stage_facts(stages: Stages | None) -> dict[str, str]:
    if stages is None:
        return {}
    return {words: f"{getattr(stages, name) * 1_000:.3f} ms" for name, words in STAGES.items()}


def stage_words(rows: Sequence[SlowRequest]) -> str:
    """Say where the time of those requests went whose stages are known.

    Examples
    --------
    >>> stage_words([])
    ''
    """
    known = [row.stages.model_dump() for row in rows if row.stages is not None]
    if not known:
        return ""
    seconds = {name: sum(stages[name] for stages in known) for name in Stages.model_fields}
    whole = sum(seconds.values())
    largest = sorted(seconds.items(), key=lambda each: -each[1])
    shares = ", ".join(f"{each / whole:.0%} {name}" for name, each in largest)
    return f"Time of {len(known)} predictions: {shares}. "
