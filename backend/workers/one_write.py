"""A connection's transport that sends an answer's head and body together."""

import asyncio
from typing import Any

INTERIM = b"HTTP/1.1 100"
HEAD, HEAD_END = b"HTTP/1.1 ", b"\r\n\r\n"


class OneWrite:
    """Holds a head back until the body follows: one system call and one packet instead of two.

    What it does not do itself, the transport behind it does.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.writes = 0
        """How often something was sent."""

    def write(self, data: bytes) -> None:
        """Send; a head waits for the next call."""
        self.writes += 1
        if data.startswith(HEAD) and data.endswith(HEAD_END) and not data.startswith(INTERIM):
            self.flush()
            self._head = data
        else:
            head, self._head = self._head, b""
            self._transport.write(head + data)

    def flush(self) -> None:
        """Send a head that has no body."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Close once everything is sent."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
