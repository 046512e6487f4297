"""Receivers of alerts on this machine: a mail server, and a webhook that keeps what it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.system import free_port

SECRET = "a-secret-of-the-webhook"
PASSWORD = "pa55-of-the-mailbox"


@dataclass
class Webhook:
    """What arrived; ``status`` is answered, and ``gate`` is waited for before."""

    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The bodies, parsed."""
        return [json.loads(body) for body in self.bodies]


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Run a webhook; it answers at once."""
    kept = Webhook()
    kept.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.bodies.append(body)
            kept.headers.append(dict(self.headers))
            kept.gate.wait(30)
            self.send_response(kept.status)
            if kept.status == 302:
                self.send_header("Location", f"{kept.url}elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        kept.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Mailbox:
    """A mail server's mail, and the address at which Apprise reaches it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mail: list[Message] = []

    async def handle_DATA(  # noqa: N802  the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail."""
        assert isinstance(envelope.content, bytes)
        self.mail.append(message_from_bytes(envelope.content))
        return "250 OK"

    def url(self, password: str = PASSWORD) -> str:
        """Return an address in the form of Apprise."""
        place = f"watch:{password}@127.0.0.1:{self.port}"
        return f"mailto://{place}?from=watch@example.com&to=ada@example.com"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a mail server that asks for the password."""
    box = Mailbox(free_port())

    def knows(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    server = Controller(box, "127.0.0.1", box.port, authenticator=knows, auth_require_tls=False)
    server.start()
    try:
        yield box
    finally:
        server.stop()
