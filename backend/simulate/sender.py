"""Sends planned requests at their times, over several connections; tolerates outages of the service."""

import queue
import threading
import time
from collections.abc import Callable, Iterable

from backend.client import ClientError, HousingClient, ServiceRefused, ServiceUnreachable
from backend.simulate.plan import PlannedRequest, PlannedRow
from backend.simulate.tally import Tally

RETRY_PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0)
"""Pauses before each retry, in seconds; after the last one the request is given up."""
TRY_AGAIN = (429, 503)
LATEST_SECONDS = 5.0
"""A request that is later than this, in seconds, because the service cannot keep up, is skipped."""
LOOK_SECONDS = 0.2

Answered = Callable[[str, PlannedRow], None]
"""Called for each answered row with its prediction id and the row."""


class Sender:
    """Sends a plan.

    Parameters
    ----------
    connect
        Makes a client; each connection gets its own.
    tally
        Counts everything.
    connections
        Largest number of concurrent requests.
    on_answer
        Called by the sending threads for each answered row.
    """

    def __init__(
        self,
        connect: Callable[[], HousingClient],
        tally: Tally,
        connections: int,
        on_answer: Answered = lambda prediction_id, row: None,
    ) -> None:
        self._connect = connect
        self._tally = tally
        self._on_answer = on_answer
        self._stop = threading.Event()
        self._requests: queue.Queue[PlannedRequest | None] = queue.Queue(connections)
        self._threads = [threading.Thread(target=self._send_all) for _ in range(connections)]

    def run(
        self,
        planned: Iterable[PlannedRequest],
        seconds: float,
        on_look: Callable[[float, str], None],
    ) -> None:
        """Send until the plan or the time ends; then wait for requests in progress.

        ``on_look(elapsed, scenario)`` is called several times a second. If the service cannot
        keep up, requests that are too late, or not sent in time, are skipped and counted.
        """
        for thread in self._threads:
            thread.start()
        started = time.monotonic()
        try:
            for request in planned:
                if not self._hand_over(request, started, seconds, on_look):
                    self._tally.left_out()
        finally:
            self._finish()

    def _hand_over(
        self,
        request: PlannedRequest,
        started: float,
        seconds: float,
        on_look: Callable[[float, str], None],
    ) -> bool:
        """Wait for the request's time and for a free connection; False if it is too late by then."""
        latest = min(request.at + LATEST_SECONDS, seconds)
        while (elapsed := time.monotonic() - started) < latest:
            on_look(elapsed, request.scenario)
            if request.at > elapsed:
                time.sleep(min(request.at - elapsed, LOOK_SECONDS))
                continue
            try:
                self._requests.put(request, timeout=LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def _finish(self) -> None:
        self._stop.set()  # no retries from now on
        for _ in self._threads:
            self._requests.put(None)
        for thread in self._threads:
            thread.join()

    def _send_all(self) -> None:
        with self._connect() as client:
            while (request := self._requests.get()) is not None:
                self._send_until_answered(client, request)

    def _send_until_answered(self, client: HousingClient, request: PlannedRequest) -> None:
        for pause in (*RETRY_PAUSES_SECONDS, None):
            if self._send(client, request):
                return
            if pause is None or self._stop.wait(pause):
                break
        self._tally.given_up()

    def _send(self, client: HousingClient, request: PlannedRequest) -> bool:
        """Try once; True if no retry is needed."""
        try:
            ids = _ask(client, request.rows)
        except ServiceUnreachable as error:
            self._tally.failed_attempt(str(error))
            return False
        except ServiceRefused as error:
            if error.error.status in TRY_AGAIN:
                self._tally.failed_attempt(str(error))
                return False
            self._tally.refused(str(error))
            return True
        except ClientError as error:
            self._tally.refused(str(error))
            return True
        self._tally.answered(len(ids), time.monotonic())
        for prediction_id, row in zip(ids, request.rows, strict=True):
            self._on_answer(prediction_id, row)
        return True


def _ask(client: HousingClient, rows: tuple[PlannedRow, ...]) -> list[str]:
    if len(rows) == 1:
        return [client.predict(rows[0].features).prediction_id]
    return client.predict_batch([row.features for row in rows]).prediction_ids
