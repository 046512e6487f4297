"""What belongs to a request: what it predicted, its log lines, and the events around it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

import streamlit as st

from backend.client import ServiceRefused
from backend.contract.records import PredictionRow
from backend.contract.stored.one_request import OneRequestResponse
from dashboard.logs.messages import draw_lines
from dashboard.logs.predictions import draw_prediction, draw_predictions
from dashboard.shared.event import event_cells, event_columns
from dashboard.shared.foreign_text import harmless

Answer = TypeVar("Answer")


def unless_absent(ask: Callable[[], Answer]) -> Answer | None:
    """Return an answer, or None if the service says that there is nothing with this name.

    Raises
    ------
    ClientError
        If the service does not answer, or refuses for another reason.
    """
    try:
        return ask()
    except ServiceRefused as error:
        if error.error.status == HTTPStatus.NOT_FOUND:
            return None
        raise


def draw_story(name: str, found: OneRequestResponse, shown: PredictionRow | None = None) -> None:
    """Draw what belongs to a request, each under a heading if there is any.

    Parameters
    ----------
    name
        Prefix of the keys.
    shown
        The prediction that is drawn already.
    """
    rest = [each for each in found.predictions if shown is None or each.id != shown.id]
    if rest:
        _draw_predictions(name, rest, is_other=shown is not None)
    if found.logs:
        st.header("Log lines", anchor=False)
        draw_lines(f"{name}_lines", found.logs)
    if found.events:
        st.header("Events within two minutes", anchor=False)
        st.dataframe(
            harmless(event_cells(event) for event in found.events),
            key=f"{name}_events",
            height="content",
            hide_index=True,
            column_config=event_columns(),
            alt="Events around the request, newest first",
        )


def _draw_predictions(name: str, rows: list[PredictionRow], *, is_other: bool) -> None:
    if len(rows) == 1 and not is_other:
        st.header("Prediction", anchor=False)
        draw_prediction(f"{name}_its_prediction", rows[0])
        return
    st.header("Its other predictions" if is_other else "Predictions", anchor=False)
    draw_predictions(f"{name}_predictions", rows)
