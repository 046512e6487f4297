"""Requests that were refused for an input: the service answered none of them, so no test sees them."""

import streamlit as st

from backend.contract.drift.refused import RefusedField, RefusedResponse
from dashboard.drift.table import MOST_SHOWN, TALLEST_PIXELS
from dashboard.wording.drift_words import column_label
from dashboard.wording.value import escaped

MOST_SENTENCES = 3
PROBLEMS = {
    "less_than_equal": "too high",
    "greater_than_equal": "too low",
    "finite_number": "not finite",
    "float_type": "not a number",
    "int_type": "not a whole number",
    "literal_error": "unknown word",
}
"""Pydantic's kinds of problem as a person would say them; of the others the underscores go."""


def draw_refused(refused: RefusedResponse) -> None:
    """Draw what was refused, the most often refused input first; nothing if nothing was."""
    if not refused.fields:
        return
    with st.container(border=True, key="drift_refused"):
        st.markdown(f"## :orange[:material/block: {_title(refused)}]")
        st.markdown("\n".join(f"- {escaped(reason)}" for reason in refused_reasons(refused)))
        st.dataframe(
            [_cells(field) for field in refused.fields],
            key="drift_refused_table",
            hide_index=True,
            height="content" if len(refused.fields) <= MOST_SHOWN else TALLEST_PIXELS,
            column_config={
                "Problem": st.column_config.TextColumn(width="large"),
                "Refused median": st.column_config.NumberColumn(format="localized"),
                "Training median": st.column_config.NumberColumn(format="localized"),
            },
            placeholder="–",
            alt="Refused requests by input",
        )
        st.caption("Refused requests get no prediction, so the comparisons below leave them out.")


def _title(refused: RefusedResponse) -> str:
    newest = "At least " if refused.truncated else ""
    one = refused.requests == 1
    return f"{newest}{refused.requests:,} {'request' if one else 'requests'} refused for an input"


def refused_reasons(refused: RefusedResponse) -> list[str]:
    """Return the sentences that name a cause first; of two swapped inputs, the first one's only."""
    said: set[str] = set()
    reasons = []
    for field in sorted(refused.fields, key=lambda field: not _is_suspect(field)):
        if field.swapped_with not in said:
            reasons.append(field.reason)
        said.add(field.name)
    return reasons[:MOST_SENTENCES]


def _is_suspect(field: RefusedField) -> bool:
    return field.in_another_unit or field.swapped_with is not None


def _cells(field: RefusedField) -> dict[str, str | int | float | None]:
    return {
        "Input": column_label(field.name),
        "Requests": field.requests,
        "Rows": sum(field.problems.values()),
        "Problem": ", ".join(PROBLEMS.get(kind, kind.replace("_", " ")) for kind in field.problems),
        "Refused median": field.median,
        "Training median": field.usual,
    }
