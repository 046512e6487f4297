"""When each named key was last used, to within a minute: an empty file for each, whose time says it."""

import logging
import queue
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime

from storage.paths import RuntimePaths

logger = logging.getLogger(__name__)

COARSE_SECONDS = 60.0
"""A process notes the use of a key once in this time at most."""


class KeyUses:
    """The uses of one runtime folder's keys, written by a thread, so that no request waits for a disk."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._folder = paths.key_uses
        self._noted: dict[str, float] = {}
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, key_id: str) -> None:
        """Have it written that a key is used now, unless that was done in this minute."""
        now = time.monotonic()
        if now - self._noted.get(key_id, float("-inf")) < COARSE_SECONDS:
            return
        self._noted[key_id] = now
        self._waiting.put(key_id)
        self._start()

    def last(self, key_id: str) -> datetime | None:
        """Return when a key was last used; None if never, or if that cannot be read."""
        with suppress(OSError):
            return datetime.fromtimestamp((self._folder / key_id).stat().st_mtime, UTC)
        return None

    def _start(self) -> None:
        with self._starting:  # at the first use: a process that knows no named key needs no thread
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="key uses", daemon=True)
                self._thread.start()

    def _write(self) -> None:
        while True:
            key_id = self._waiting.get()
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / key_id).touch(mode=0o600)
            except OSError as error:
                logger.warning("The last use of key %s could not be noted: %s", key_id, error)
