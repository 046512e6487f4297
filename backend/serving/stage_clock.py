"""Where the time of one prediction request goes."""

import time

from storage.schema.traffic import Stages

PARSE, MODEL, APPEND, WRITE = range(len(Stages.model_fields))
"""The stages, in the order of the fields of ``Stages``; numbers, as every prediction ends each of them."""


class StageClock:
    """The seconds of each stage of one request, which began at ``started`` of ``time.perf_counter``.

    Whoever ends a stage gives it all the time since the last one ended.
    """

    __slots__ = ("_last", "_seconds", "_started")

    def __init__(self, started: float) -> None:
        self._started = self._last = started
        self._seconds = [0.0, 0.0, 0.0, 0.0]

    def end(self, stage: int) -> None:
        """Count the time since the last stage."""
        now = time.perf_counter()
        self._seconds[stage] += now - self._last
        self._last = now

    @property
    def seconds(self) -> float:
        """The time from the beginning to the end of the last stage."""
        return self._last - self._started

    @property
    def has_logged(self) -> bool:
        """Whether an answer was logged; other requests than predictions have no stages."""
        return self._seconds[APPEND] > 0

    def stages(self) -> Stages:
        """Return the seconds of each stage."""
        return Stages(**dict(zip(Stages.model_fields, self._seconds, strict=True)))
