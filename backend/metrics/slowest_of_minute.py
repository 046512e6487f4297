"""Which requests are among the slowest of their minute in this process, so that more is kept of them."""

from collections import defaultdict
from datetime import datetime
from heapq import heappush, heapreplace
from threading import Lock

from storage.schema.rollup import SLOWEST_KEPT, SLOWEST_RESOLUTIONS
from storage.schema.source import Source

WIDTH = SLOWEST_RESOLUTIONS[0].seconds


class SlowestOfMinute:
    """The ``most`` slowest requests of a minute so far, of each endpoint and source.

    The slowest of any whole minutes are among those it admitted; of n requests of a minute, in random order,
    it admits about most * (1 + ln(n / most)).

    Examples
    --------
    >>> from datetime import UTC
    >>> slowest, noon = SlowestOfMinute(most=2), datetime(2026, 11, 30, 12, tzinfo=UTC)
    >>> [slowest.admits("/predict", "client", noon, seconds) for seconds in (0.2, 0.3, 0.1, 0.4)]
    [True, True, False, True]
    >>> slowest.admits("/predict", "client", noon.replace(minute=1), 0.1)
    True
    """

    def __init__(self, most: int = SLOWEST_KEPT) -> None:
        self._most = most
        self._lock = Lock()
        self._minute = 0
        self._lists: defaultdict[tuple[str, Source], list[float]] = defaultdict(list)

    def admits(self, endpoint: str, source: Source, moment: datetime, seconds: float) -> bool:
        """Return whether a request is among them."""
        minute = int(moment.timestamp()) // WIDTH
        # Most are not, and need no lock: a floor only rises within its minute.
        slow = self._lists.get((endpoint, source), [])
        if minute == self._minute and len(slow) == self._most and seconds <= slow[0]:
            return False
        with self._lock:
            return self._take(endpoint, source, minute, seconds)

    def _take(self, endpoint: str, source: Source, minute: int, seconds: float) -> bool:
        if minute != self._minute:
            self._minute = minute
            self._lists.clear()
        slow = self._lists[endpoint, source]
        if len(slow) < self._most:
            heappush(slow, seconds)
        elif seconds > slow[0]:
            heapreplace(slow, seconds)
        else:
            return False
        return True
