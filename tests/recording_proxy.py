"""A real proxy that answers every request itself and records what it was asked for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RecordingProxy:
    """Its address, the environment that names it, and the request lines that it got."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which programs are told of a proxy, in both spellings."""
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        return {each: self.address for name in names for each in (name, name.lower())}


@contextmanager
def recording_proxy() -> Iterator[RecordingProxy]:
    """Run the proxy until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            proxy.asked.append(self.requestline)
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_CONNECT = _answer  # noqa: N815 # http.server's names

        def log_message(self, *_: object) -> None:
            """Write no line for each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        proxy = RecordingProxy(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
