"""Bodies that arrive in parts: whole, too slow, too many at once, never."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from backend.workers.bodies import LARGE_BODIES, SMALL_BYTES, Bodies, ClientGone
from storage.errors import RequestTimedOut, ServiceUnavailable

LIMIT_BYTES = SMALL_BYTES
PART = b"x" * LIMIT_BYTES
GONE = {"type": "http.disconnect"}


class Sender:
    """Sends parts, then nothing."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        last = len(parts) - 1
        self.messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": part, "more_body": number < last}
            for number, part in enumerate(parts)
        ]

    async def receive(self) -> dict[str, Any]:
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)


def _read(bodies: Bodies, sender: Sender, length: int) -> bytes:
    return asyncio.run(bodies.read(sender.receive, length)).read()


def test_a_body_in_parts_is_put_together() -> None:
    assert _read(Bodies(LIMIT_BYTES, 5.0), Sender([b"ab", b"", b"c"]), 3) == b"abc"


def test_what_does_not_arrive_in_time_is_refused() -> None:
    sender = Sender([b"a", b"b"])
    sender.messages.pop()
    with pytest.raises(RequestTimedOut, match=r"within 0\.05 s"):
        _read(Bodies(LIMIT_BYTES, 0.05), sender, 2)


def test_more_than_the_share_is_read_away_and_refused_and_then_there_is_room_again() -> None:
    bodies = Bodies(LIMIT_BYTES, 5.0)
    sender = Sender([PART] * (LARGE_BODIES + 1))
    with pytest.raises(ServiceUnavailable, match="try again"):
        _read(bodies, sender, LIMIT_BYTES * (LARGE_BODIES + 1))
    assert sender.messages == []
    length = LIMIT_BYTES * LARGE_BODIES
    assert len(_read(bodies, Sender([PART] * LARGE_BODIES), length)) == length


def test_nobody_is_answered_who_has_gone() -> None:
    sender = Sender([b"a", b"b"])
    sender.messages[1] = GONE
    with pytest.raises(ClientGone):
        _read(Bodies(LIMIT_BYTES, 5.0), sender, 2)
