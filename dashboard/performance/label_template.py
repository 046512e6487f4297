"""The file of actual values to fill in: predictions of customers that have none yet, of any number."""

from collections.abc import Iterable, Iterator

import streamlit as st

from backend.client import HousingClient
from backend.contract.predictions import FEATURE_NAMES, REFERENCE
from backend.contract.query.sources import CUSTOMERS
from backend.contract.records import LARGEST_LIMIT, PredictionRow, PredictionsQuery
from dashboard.performance.label_file import ACTUAL, ID
from dashboard.shared.service import asking_service, housing_client, new_client
from storage.tables.csv_writer import csv_text

NUMBERS: dict[str, int | None] = {
    "newest 1,000": 1_000,
    "newest 10,000": 10_000,
    "newest 50,000": 50_000,
    "all": None,
}
"""How many predictions the file has, at most."""
NAMES = (ID, REFERENCE, "answered_at", *FEATURE_NAMES, "prediction", ACTUAL)


def draw_template() -> None:
    """Draw the choice of a number and the download; the rows are read when it is clicked."""
    with asking_service():
        any_row = housing_client().predictions(unlabelled(limit=1)).predictions
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width=180):
                chosen = st.selectbox("Predictions to label", NUMBERS, key="performance_number")
            st.download_button(
                "Download to fill in",
                lambda: _read(NUMBERS[chosen]),
                "actual_values.csv",
                "text/csv",
                key="performance_template",
                icon=":material/download:",
                on_click="ignore",
                disabled=not any_row,
                help=f"Id, your reference, time, inputs and answer of each; fill in the column {ACTUAL}.",
            )


def _read(most: int | None) -> str:
    # At the click, in a thread of its own: so with a client of its own.
    with new_client() as client:
        return template(unlabelled_rows(client, most))


def unlabelled(limit: int = LARGEST_LIMIT, page_token: str | None = None) -> PredictionsQuery:
    """Return the question for predictions of customers without an actual value.

    Not those of probes, the console or a simulation: nobody learns what became of them.
    """
    return PredictionsQuery(labelled=False, sources=CUSTOMERS, limit=limit, page_token=page_token)


def unlabelled_rows(client: HousingClient, most: int | None) -> Iterator[PredictionRow]:
    """Yield these predictions, newest first, a page at a time.

    Parameters
    ----------
    most
        How many, at most; None: all.
    """
    token, left = None, most
    while left is None or left > 0:
        limit = LARGEST_LIMIT if left is None else min(left, LARGEST_LIMIT)
        page = client.predictions(unlabelled(limit, token))
        yield from page.predictions
        token = page.next_page_token
        if token is None:
            return
        left = None if left is None else left - len(page.predictions)


def template(rows: Iterable[PredictionRow]) -> str:
    """Return a CSV file with a row for each prediction, and an empty cell for its actual value."""
    return csv_text(NAMES, map(_cells, rows))


def _cells(row: PredictionRow) -> tuple[object, ...]:
    inputs = row.input.model_dump()
    return (
        row.prediction_id,
        row.reference or "",
        row.timestamp.isoformat(),
        *(inputs[name] for name in FEATURE_NAMES),
        row.prediction,
        "",
    )
