"""Requests that were refused for an input: the service answered none of them, so no test sees them."""

import streamlit as st

from backend.contract.refused import RefusedField, RefusedResponse
from dashboard.wording.drift_words import column_label
from dashboard.wording.value import escaped

MOST_SENTENCES = 3


def draw_refused(refused: RefusedResponse) -> None:
    """Draw what was refused, the most often refused input first; nothing if nothing was."""
    if not refused.fields:
        return
    with st.container(border=True, key="drift_refused"):
        st.markdown(f"##### :orange[:material/block: {_title(refused)}]")
        suspect = sorted(refused.fields, key=lambda field: not _is_suspect(field))
        st.markdown("\n".join(f"- {escaped(field.reason)}" for field in suspect[:MOST_SENTENCES]))
        st.dataframe(
            [_cells(field) for field in refused.fields],
            key="drift_refused_table",
            hide_index=True,
            placeholder="–",
            alt="Refused requests by input",
        )
        st.caption("Refused requests get no prediction, so the comparisons below leave them out.")


def _title(refused: RefusedResponse) -> str:
    newest = "At least " if refused.truncated else ""
    one = refused.requests == 1
    return f"{newest}{refused.requests:,} {'request' if one else 'requests'} refused for an input"


def _is_suspect(field: RefusedField) -> bool:
    return field.in_another_unit or field.exchanged_with is not None


def _cells(field: RefusedField) -> dict[str, str | int | float | None]:
    return {
        "Input": column_label(field.name),
        "Requests": field.requests,
        "Rows": sum(field.problems.values()),
        "Problem": ", ".join(kind.replace("_", " ") for kind in field.problems),
        "Refused median": field.median,
        "Training median": field.usual,
    }
