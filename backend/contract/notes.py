"""POST /monitoring/notes: what a person wants others to know about a time."""

from pydantic import AwareDatetime, Field

from backend.contract.alerts import Person
from backend.contract.base import Moment, Reason, Request, Success


class TimelineNoteRequest(Request):
    """POST /monitoring/notes"""

    person: Person = Field(description="Name of the person.")
    note: Reason = Field(description="What others should know, such as a deployment or a campaign.")
    at: Moment | None = Field(None, description="Time that the note is about; now by default.")


class TimelineNoteResponse(Success):
    """The note as it stands on the timeline."""

    event_id: str = Field(description="Id of the event.")
    at: AwareDatetime = Field(description="Time that it is about.")
