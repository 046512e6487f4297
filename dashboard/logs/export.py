"""All rows that match, as a file to download."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import streamlit as st

from backend.contract.stored.export import ExportFormat
from dashboard.shared.service import asking_service

MOST_ROWS = 100_000
"""Rows of one file here: it has to be in the console's memory, and over HTTP it need not."""
FORMATS: dict[str, ExportFormat] = {"CSV": "csv", "JSON lines": "jsonl"}
MIME: dict[ExportFormat, str] = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
END_OF_ROW: dict[ExportFormat, bytes] = {"csv": b"\r\n", "jsonl": b"\n"}

Read = Callable[[ExportFormat, int], Iterator[bytes]]


@dataclass(frozen=True)
class Prepared:
    """A file that is ready, and what it was made for."""

    filters: object
    form: ExportFormat
    rows: int
    content: bytes


def draw_export(name: str, noun: str, filters: object, rows: int, read: Read) -> None:
    """Draw the choice of a form, make the file with its progress, and offer it.

    Parameters
    ----------
    name
        Prefix of the keys, and the file's name.
    noun
        What the rows are, in the plural.
    filters
        What the file is made for: other filters need another one.
    rows
        How many match, as far as they are counted.
    """
    key = f"{name}_prepared"
    with st.popover("Export", icon=":material/download:", key=f"{name}_export"):
        form = FORMATS[st.radio("Form", list(FORMATS), key=f"{name}_form", horizontal=True)]
        st.caption(f"The newest {MOST_ROWS:,} {noun} that match; over HTTP up to a million.")
        if st.button("Prepare file", key=f"{name}_prepare"):
            with asking_service():
                st.session_state[key] = _prepare(filters, form, min(rows, MOST_ROWS), noun, read)
        ready: Prepared | None = st.session_state.get(key)
        if ready is not None and (ready.filters, ready.form) == (filters, form):
            _offer(name, noun, ready)


def _prepare(filters: object, form: ExportFormat, rows: int, noun: str, read: Read) -> Prepared:
    content, ends = bytearray(), 0
    progress = st.progress(0.0, text="Reading the first rows.")
    for part in read(form, MOST_ROWS):
        content += part
        ends += part.count(END_OF_ROW[form])
        share = min(ends / rows, 1.0) if rows else 1.0
        progress.progress(share, text=f"{ends:,} {noun}, {len(content) / 1e6:,.1f} MB.")
    progress.empty()
    header = 1 if form == "csv" else 0
    return Prepared(filters, form, max(ends - header, 0), bytes(content))


def _offer(name: str, noun: str, ready: Prepared) -> None:
    more = " Older ones are left out." if ready.rows >= MOST_ROWS else ""
    st.caption(f"{ready.rows:,} {noun}, {len(ready.content) / 1e6:,.1f} MB.{more}")
    st.download_button(
        "Download",
        ready.content,
        file_name=f"{name}s.{ready.form}",
        mime=MIME[ready.form],
        key=f"{name}_download",
        type="primary",
        on_click="ignore",
    )
