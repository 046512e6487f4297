"""One input in detail: what it is, and all of its values in one chart."""

import streamlit as st

from backend.contract.data import ColumnProfile, TableColumn, TableResponse
from dashboard.charts.histogram import bars_height, word_bars
from dashboard.data.column_chart import histogram_option
from dashboard.data.inputs import OPENED, ends_of, is_year, range_words
from dashboard.wording.feature_words import number, whole_years
from dashboard.wording.value import escaped, percent
from dashboard.wording.words import in_sentence

HEIGHT = 270


def draw_opened(found: TableResponse) -> None:
    """Draw the opened input, and the choice of another."""
    labels = {column.name: column.label for column in found.inputs}
    if st.session_state.get(OPENED) not in labels:
        st.session_state[OPENED] = found.inputs[0].name
    st.header("Input in detail", anchor=False)
    with st.container(width=320):
        name = st.selectbox("Input", list(labels), format_func=labels.__getitem__, key=OPENED)
    column = next(one for one in found.inputs if one.name == name)
    st.markdown(escaped(column.description))
    if column.found is None:
        return
    rows = found.table.rows if found.table is not None else column.found.missing
    st.caption(column_words(column, column.found, rows))
    _draw_chart(column, column.found)


def _draw_chart(column: TableColumn, found: ColumnProfile) -> None:
    label = in_sentence(column.label)
    if found.words is not None:
        words = found.words
        st.echarts_chart(
            word_bars(words.words, words.counts, words.other_rows),
            height=bars_height(len(words.words) + bool(words.other_rows)),
            key="data_column",
            alt=f"Rows with each word of {label}",
        )
    elif found.histogram is not None:
        st.echarts_chart(
            histogram_option(
                found.histogram,
                column.typical,
                column.unit,
                is_whole=column.kind == "integer",
                labels=whole_years(is_year(column)),
            ),
            height=HEIGHT,
            key="data_column",
            alt=f"Histogram of {label}",
        )


def column_words(column: TableColumn, found: ColumnProfile, rows: int) -> str:
    """Say how many values there are, what they are between, and what the service takes, as Markdown."""
    missing = (
        f"{found.missing:,} missing ({percent(found.missing / rows)})" if found.missing else ""
    )
    may_be = "may be missing" if column.may_be_missing and not found.missing else ""
    words = [
        f"`{column.name}`",
        f"n = {rows - found.missing:,}",
        missing or may_be or "none missing",
        f"{found.distinct:,} different values",
    ]
    years = is_year(column)
    if found.median is not None:
        median = number(found.median, is_year=years)
        words.append(f"{range_words(ends_of(found), is_year=years)}, median {median}")
    if column.typical is not None and found.untypical is not None:
        words.append(
            f"typical {range_words(column.typical, is_year=years)}, {found.untypical:,} rows outside"
        )
    if column.accepted is not None:
        words.append(f"accepted {range_words(column.accepted, is_year=years)}")
    if found.words is not None and found.words.other_words:
        words.append(f"the {len(found.words.words)} most frequent are drawn")
    return escaped(" · ".join(words))
