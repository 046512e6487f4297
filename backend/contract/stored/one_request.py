"""One request by its id."""

from pydantic import Field

from backend.contract.base import Success
from backend.contract.monitoring import EventRow
from backend.contract.records import LogRow, PredictionRow, RequestRow


class OneRequestResponse(Success):
    """GET /requests/<request_id>: everything that is kept of the requests with one id, newest first."""

    requests: list[RequestRow] = Field(
        description="The requests: several if a client sent one id again; at most 20."
    )
    predictions: list[PredictionRow] = Field(description="What they predicted; at most 100.")
    logs: list[LogRow] = Field(description="Log lines written during them; at most 200.")
    events: list[EventRow] = Field(
        description="Events up to two minutes before or after the newest; at most 20."
    )
