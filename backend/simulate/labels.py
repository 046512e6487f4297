"""Sends the actual values of answered rows when they become known: late, out of order, some twice."""

import heapq
import threading
import time
from collections.abc import Callable

from backend.client import ClientError, HousingClient, ServiceRefused
from backend.contract.feedback import FeedbackItem
from backend.simulate.plan import PlannedRow
from backend.simulate.tally import Tally

PAUSE_SECONDS = 1.0
MOST_ITEMS = 500
NOT_ALLOWED = (401, 403)

Due = tuple[float, str, float]
"""Due time (s of the monotonic clock), prediction id and value (in the target's unit)."""


class LabelSender:
    """Keeps values until they are due and sends them from its own thread, about once a second.

    Failed requests are retried; if the key lacks the role, the first refusal stops it.
    """

    def __init__(self, connect: Callable[[], HousingClient], tally: Tally) -> None:
        self._connect = connect
        self._tally = tally
        self._lock = threading.Lock()
        self._waiting: list[Due] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send_until_stopped)

    def start(self) -> None:
        """Start sending."""
        self._thread.start()

    def stop(self) -> int:
        """Send what is due, then stop; return the number of values not sent."""
        self._stop.set()
        self._thread.join()
        return len(self._waiting)

    def on_answer(self, prediction_id: str, row: PlannedRow) -> None:
        """Store the value of a row, and when to send it."""
        now = time.monotonic()
        with self._lock:
            for delay in row.label_delays:
                heapq.heappush(self._waiting, (now + delay, prediction_id, row.actual))

    def _send_until_stopped(self) -> None:
        with self._connect() as client:
            allowed = True
            while allowed and not self._stop.wait(PAUSE_SECONDS):
                allowed = self._send_due(client)
            if allowed:
                self._send_due(client)

    def _send_due(self, client: HousingClient) -> bool:
        """Send what is due; False if the key lacks the role."""
        while due := self._take_due(time.monotonic()):
            items = [FeedbackItem(prediction_id=name, actual=actual) for _, name, actual in due]
            try:
                client.feedback(items)
            except ClientError as error:
                self._give_back(due)
                refused = isinstance(error, ServiceRefused) and error.error.status in NOT_ALLOWED
                self._tally.label_problem(str(error))
                return not refused
            self._tally.labelled(len(items))
        return True

    def _take_due(self, now: float) -> list[Due]:
        with self._lock:
            due: list[Due] = []
            while self._waiting and self._waiting[0][0] <= now and len(due) < MOST_ITEMS:
                due.append(heapq.heappop(self._waiting))
            return due

    def _give_back(self, due: list[Due]) -> None:
        with self._lock:
            for item in due:
                heapq.heappush(self._waiting, item)
