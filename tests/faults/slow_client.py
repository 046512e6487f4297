"""Clients that are slow on purpose: they announce more than they send, or do not read what they asked for."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

PATIENCE_SECONDS = 30.0


def connection(port: int) -> socket.socket:
    """Return a connection to the service."""
    return socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)


def head(method: str, path: str, length: int) -> bytes:
    """Return the head of a request with a JSON body."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@contextmanager
def half_sent(port: int, requests: list[bytes]) -> Iterator[list[socket.socket]]:
    """Open one connection for each request, which never gets more than these bytes."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(connection(port)) for _ in requests]
        for each, request in zip(sockets, requests, strict=True):
            each.sendall(request)
        yield sockets


def received(client: socket.socket) -> bytes:
    """Return all that arrives until the service closes the connection."""
    parts = []
    try:
        while part := client.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)
