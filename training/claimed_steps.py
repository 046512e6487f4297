"""The steps of a retraining, told to the log and as the heart-beat of its claim."""

import logging
import threading
from types import TracebackType
from typing import Self

from storage.retrain_queue import Claim

BEAT_SECONDS = 5.0


class ClaimedSteps:
    """A display of steps that also beats between them, so that a person sees the worker lives.

    Use it as a context manager: the beat ends with it.
    """

    def __init__(self, claim: Claim, logger: logging.Logger) -> None:
        self._claim = claim
        self._logger = logger
        self._said = ("claimed", 0.0)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart-beat", daemon=True)

    def __enter__(self) -> Self:
        self._claim.beat(*self._said)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def begin(self, step: str, number: int, total: int) -> None:
        """Tell that step ``number`` (from 1) of ``total`` begins."""
        self._logger.info("%s (%d of %d)", step, number, total)
        self._say(step, (number - 1) / total)

    def finish(self, step: str) -> None:
        """Tell that what comes after the numbered steps begins."""
        self._logger.info("%s", step)
        self._say(step, 1.0)

    def _say(self, stage: str, progress: float) -> None:
        self._said = (stage, progress)
        self._claim.beat(stage, progress)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            self._claim.beat(*self._said)
