"""One request, found by whatever a person has of it: its id, a prediction's id, or the caller's reference."""

from dataclasses import dataclass

import streamlit as st

from backend.client import HousingClient
from backend.contract.predictions import LONGEST_REFERENCE
from backend.contract.records import PredictionRow, PredictionsQuery
from backend.contract.stored.one_request import OneRequestResponse
from dashboard.logs.link import draw_link
from dashboard.logs.predictions import draw_prediction
from dashboard.logs.story import draw_story, unless_absent
from dashboard.shared.request import draw_request
from dashboard.shared.service import asking_service, housing_client

FIND = "find"
"""Key of the field, and its name in the page's address."""

REFERENCE = "Reference"


@dataclass(frozen=True)
class Found:
    """What was found by one name.

    Attributes
    ----------
    by
        What the name is.
    request
        Everything about the request; None if only its prediction is still kept.
    prediction
        The one that has the name; None if the request has it.
    others
        How many other predictions have the same reference, of the newest hundred.
    """

    by: str
    request: OneRequestResponse | None
    prediction: PredictionRow | None = None
    others: int = 0


@dataclass(frozen=True)
class Search:
    """What the lists below show only: lines with a text, or predictions with a reference."""

    text: str | None = None
    reference: str | None = None


def draw_find() -> Search:
    """Let the operator enter a name or a text, draw what has the name, and return what the lists show."""
    words = st.text_input(
        "Search",
        key=FIND,
        max_chars=LONGEST_REFERENCE,
        type="search",
        placeholder="Request ID, prediction ID, reference, or text of a log line",
        help="An ID or a reference opens what has it; any other text is looked for in the log lines.",
        bind="query-params",
    ).strip()
    if not words:
        return Search()
    found = None
    with asking_service():
        found = find(housing_client(), words)
        if found is None:
            st.caption(
                "Nothing kept has this ID or reference. Log lines that contain it are below; a record may "
                "still be on its way."
            )
            return Search(text=words)
        with st.container(border=True, key="found"):
            _draw(found)
    is_reference = found is not None and found.by == REFERENCE
    return Search(reference=words if is_reference else None)


def find(client: HousingClient, name: str) -> Found | None:
    """Return what has a name: a prediction, a request, or the newest prediction with a reference.

    Raises
    ------
    ClientError
        If the service does not answer, or refuses.
    """
    logged = unless_absent(lambda: client.prediction(name))
    if logged is not None:
        return Found("Prediction ID", _request_of(client, logged.prediction), logged.prediction)
    request = unless_absent(lambda: client.request(name))
    if request is not None:
        return Found("Request ID", request)
    query = PredictionsQuery.model_construct(reference=name)
    named = client.predictions(query).predictions
    if not named:
        return None
    return Found(REFERENCE, _request_of(client, named[0]), named[0], len(named) - 1)


def _request_of(client: HousingClient, prediction: PredictionRow) -> OneRequestResponse | None:
    return unless_absent(lambda: client.request(prediction.request_id))


def _draw(found: Found) -> None:
    if found.others:
        st.caption(
            f"{found.others:,} more of the newest predictions have this reference: see Predictions below."
        )
    if found.prediction is not None:
        st.header("Prediction", anchor=False)
        draw_prediction("found_prediction", found.prediction)
    if found.request is None:
        st.caption("The record of its request is no longer kept, or not stored yet.")
        return
    _draw_request(found.request, found.prediction)


def _draw_request(found: OneRequestResponse, shown: PredictionRow | None) -> None:
    st.header("Request", anchor=False)
    if len(found.requests) > 1:
        st.caption(f"{len(found.requests)} requests have this ID; the newest is shown.")
    if found.requests:
        draw_request("found_request", found.requests[0], whole=True)
        draw_link("found_request", found.requests[0].request_id)
    else:
        st.caption("Its own record is not kept; its log lines are.")
    draw_story("found", found, shown)
