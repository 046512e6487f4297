"""An answer that is made while it is sent, part by part, so that only a part is ever in memory."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Executor
from typing import Any

from backend.workers.bodies import Receive

logger = logging.getLogger(__name__)

NO_MORE = b""

Send = Callable[[Any], Awaitable[None]]


async def send_parts(
    parts: Iterable[bytes], threads: Executor, receive: Receive, send: Send
) -> None:
    """Send the parts of an answer whose head is sent already.

    A part is made in a thread once the client has read most of the one before: a slow client keeps no thread.
    No more are made if the client goes away. If making one fails, the connection is closed before the
    answer's end, which a client notices.
    """
    gone = asyncio.ensure_future(_until_gone(receive))
    loop, rest = asyncio.get_running_loop(), iter(parts)
    try:
        while not gone.done():
            part = await loop.run_in_executor(threads, next, rest, NO_MORE)
            more = part is not NO_MORE
            await send({"type": "http.response.body", "body": part, "more_body": more})
            if not more:
                break
    except Exception:
        logger.exception("An answer ends before its end: making its next part failed.")
        raise
    finally:
        gone.cancel()
        close = getattr(parts, "close", None)
        if close is not None:
            await loop.run_in_executor(threads, close)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
