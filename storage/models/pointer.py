"""The champion pointer and its moves on disk: read, and replaced by one process at a time."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pydantic import ValidationError

from storage.errors import ModelIntegrityError, PointerUnavailable
from storage.models.way_back import (
    ChampionMove,
    WayBack,
    keep_moves,
    made_moves,
    read_moves,
    way_back,
)
from storage.paths import RuntimePaths
from storage.process.atomic_files import write_atomically
from storage.process.lock import exclusive
from storage.schema.manifest import ChampionPointer, PointerMove
from storage.schema.records import utc_now

logger = logging.getLogger(__name__)


class PointerFile:
    """The pointer of one runtime folder."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._pointer = paths.champion_pointer
        self._history = paths.champion_history
        self._lock = paths.champion_lock

    def read(self) -> ChampionPointer | None:
        """Return the pointer; None if nothing has been promoted yet.

        Raises
        ------
        ModelIntegrityError
            If it cannot be read.
        """
        try:
            return ChampionPointer.model_validate_json(self._pointer.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise ModelIntegrityError(
                f"{self._pointer.name} cannot be read; promote a version again to repair it."
            ) from error

    def readable(self) -> ChampionPointer | None:
        """Return the pointer; None too, with a line in the log, if it cannot be read."""
        try:
            return self.read()
        except ModelIntegrityError as error:
            logger.warning("What served is taken from %s: %s", self._history.name, error)
            return None

    def way_back(self) -> WayBack:
        """Return where a rollback leads; of a pointer that cannot be read, where it led before."""
        return way_back(self._moves(self.readable()))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from moving the pointer.

        Raises
        ------
        PointerUnavailable
            If the lock cannot be taken.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(exclusive(self._lock))
            except OSError as error:
                raise _unwritable(error) from error
            yield

    def move(self, version: str, moved_by: PointerMove | None) -> ChampionPointer:
        """Point at ``version``; call it within ``alone``.

        Raises
        ------
        PointerUnavailable
            If it could not be written, and is then unchanged.
        """
        moves = self._moves(self.readable())
        move = ChampionMove(
            version=version,
            replaced=way_back(moves).champion,
            changed_at=utc_now(),
            moved_by=moved_by,
        )
        pointer = ChampionPointer(
            version=version,
            previous=way_back((*moves, move)).next,
            changed_at=move.changed_at,
            moved_by=moved_by,
        )
        try:
            keep_moves(self._history, (*moves, move))
            write_atomically(self._pointer, pointer.model_dump_json(indent=2).encode())
        except OSError as error:
            raise _unwritable(error) from error
        return pointer

    def _moves(self, pointer: ChampionPointer | None) -> tuple[ChampionMove, ...]:
        return made_moves(read_moves(self._history), pointer)


def _unwritable(error: OSError) -> PointerUnavailable:
    return PointerUnavailable(
        f"The champion pointer could not be written ({error.strerror}); the champion stays. "
        "Free some disk space or fix the permissions, then try again."
    )
