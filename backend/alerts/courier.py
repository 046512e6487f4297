"""Sends the messages that wait, each route in a thread of its own, so that none waits for another.

A message is taken from the outbox after it was sent: a kill in between sends it once more, and none is lost.
"""

import logging
import threading
from collections.abc import Mapping
from datetime import datetime

from backend.alerts.machine import delivered, with_routes
from backend.alerts.senders import Sender, keep_addresses_out_of_logs
from backend.alerts.store import AlertStore
from storage.errors import HousingError
from storage.schema.alerts import AlertBook, AlertMessage
from storage.schema.records import utc_now

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often a route looks for messages."""
MOST_KNOWN = 1_000


class Courier:
    """Sends on the routes of one system; for the one monitor."""

    def __init__(self, store: AlertStore, senders: Mapping[str, Sender]) -> None:
        self._store = store
        self._senders = senders
        self._sent: dict[str, list[str]] = {name: [] for name in senders}
        self._stopping = threading.Event()

    def start(self) -> None:
        """Make the routes known, and begin to send in the background until the process ends."""
        keep_addresses_out_of_logs()
        self._store.change(lambda book: with_routes(book, list(self._senders)))
        for number, name in enumerate(self._senders):
            threading.Thread(
                target=self._keep_sending, args=(name,), name=f"route {number}", daemon=True
            ).start()

    def stop(self) -> None:
        """Begin nothing any more."""
        self._stopping.set()

    def send_next(self, route: str, now: datetime) -> bool:
        """Send the next message that is due on a route; return whether there was one."""
        message = _next(self._store.read(), route, now)
        if message is None:
            return False
        problem = None
        if message.message_id not in self._sent[route]:
            problem = self._attempt(route, message)
        self._store.change(lambda book: delivered(book, message.message_id, route, problem, now))
        return True

    def _attempt(self, route: str, message: AlertMessage) -> str | None:
        try:
            problem = self._senders[route].send(message)
        except Exception as error:  # noqa: BLE001  a library of a hundred services raises whatever it likes
            problem = f"It failed with {type(error).__name__}."  # its text may hold the address
        if problem is None:
            logger.info("Sent the message %s on the route %s.", message.message_id, route)
            # While the disk is full it stays in the outbox, and must not be sent at every look.
            self._sent[route] = [*self._sent[route], message.message_id][-MOST_KNOWN:]
        else:
            logger.warning("The route %s did not take a message: %s", route, problem)
        return problem

    def _keep_sending(self, route: str) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                while self.send_next(route, utc_now()) and not self._stopping.is_set():
                    continue
            except HousingError as error:
                logger.error("The route %s: %s", route, error)


def _next(book: AlertBook, route: str, now: datetime) -> AlertMessage | None:
    """Return the message to send next: a test at once, another when the pause after a failure is over."""
    waiting = [message for message in book.outbox if route in message.waiting]
    tests = [message for message in waiting if message.is_test]
    if tests:
        return tests[0]
    return waiting[0] if waiting and book.routes[route].is_due(now) else None
