"""Reading the bodies of requests without a thread, within a time and within a share of memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from storage.errors import RequestTimedOut, ServiceUnavailable

SMALL_BYTES = 64 * 1024
LARGE_BODIES = 4

Receive = Callable[[], Awaitable[Any]]


class ClientGone(Exception):
    """The client closed the connection; there is nobody to answer."""


class Bodies:
    """The bodies that one worker process is receiving.

    Parameters
    ----------
    limit_bytes
        Of one body. What has arrived of bodies over 64 KiB may take four times as much, all together.
    seconds
        From the end of the headers to the end of the body.
    """

    def __init__(self, limit_bytes: int, seconds: float) -> None:
        self._seconds = seconds
        self._free_bytes = LARGE_BODIES * limit_bytes

    async def read(self, receive: Receive, length: int) -> BytesIO:
        """Return a body of ``length`` bytes.

        Raises
        ------
        RequestTimedOut
            If it did not arrive in time.
        ServiceUnavailable
            If too many large bodies are arriving at once.
        ClientGone
            If it will not arrive.
        """
        try:
            async with asyncio.timeout(self._seconds):
                if length <= SMALL_BYTES:
                    return await received(receive)
                with self._share() as take:
                    return await received(receive, take)
        except TimeoutError:
            raise RequestTimedOut(
                f"The body did not arrive within {self._seconds:g} s; send it in one piece, or send "
                "fewer rows at a time."
            ) from None

    @contextmanager
    def _share(self) -> Iterator[Callable[[int], None]]:
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if size > self._free_bytes:
                raise ServiceUnavailable(
                    "Too many large requests are arriving at once; try again in a few seconds."
                )
            taken += size
            self._free_bytes -= size

        try:
            yield take
        finally:
            self._free_bytes += taken


async def received(receive: Receive, take: Callable[[int], None] | None = None) -> BytesIO:
    """Return a body without any limit, but tell ``take`` of each part; see ``Bodies.read``."""
    body, refusal = BytesIO(), None
    async for part in _parts(receive):
        # Refused or not, it is read to its end: a client that is still sending would see a closed connection
        # instead of the answer.
        refusal = refusal or _refusal(take, len(part))
        if refusal is None:
            body.write(part)
    if refusal is not None:
        raise refusal
    body.seek(0)
    return body


def _refusal(take: Callable[[int], None] | None, size: int) -> ServiceUnavailable | None:
    if take is not None:
        try:
            take(size)
        except ServiceUnavailable as error:
            return error
    return None


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        more = message["more_body"]
        yield message["body"]
