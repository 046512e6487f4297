"""The stages of slow requests: joined to the slowest requests when their records arrive."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage.requests.slowest import WIDTHS, Place, keep_slowest
from storage.requests.stored import StoredRequest
from storage.schema.records import StagesRecord
from storage.schema.tables import slowest_requests

_COPY = (*Place._fields, "request_id")
_FORGET = sa.delete(slowest_requests).where(
    *(slowest_requests.c[name] == sa.bindparam(f"key_{name}") for name in _COPY)
)


def keep_stages(connection: sa.Connection, records: Sequence[StagesRecord]) -> None:
    """Keep the requests that are among the slowest of their step with their stages, each once.

    A request took as long as its stages together: what it was stored with ends before it was logged.
    """
    connection.execute(_FORGET, [key for record in records for key in _keys(record)])
    starts = [int(record.timestamp.timestamp()) for record in records]
    keep_slowest(
        connection,
        ((start, [_stored(record)]) for start, record in zip(starts, records, strict=True)),
    )


def _keys(record: StagesRecord) -> list[dict[str, Any]]:
    start = int(record.timestamp.timestamp())
    places = (
        Place(width, start // width * width, record.endpoint, record.source) for width in WIDTHS
    )
    found = (place._asdict() | {"request_id": record.request_id} for place in places)
    return [{f"key_{name}": value for name, value in key.items()} for key in found]


def _stored(record: StagesRecord) -> StoredRequest:
    stages = record.stages.model_dump()
    fields = record.model_dump(exclude={"kind", "stages"}) | stages
    is_success = record.status_code < 400
    seconds = sum(stages.values())
    return StoredRequest.of(
        fields | {"response_time": seconds, "success": is_success, "error_message": None}
    )
