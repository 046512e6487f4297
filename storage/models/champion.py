"""Promotion and rollback: the champion pointer moved because a person, or a promotion's watch, says so."""

from collections.abc import Callable

from storage.errors import ModelIntegrityError, RecordNotFound, StateConflict
from storage.models.store import ModelStore
from storage.schema.records import ChampionPointer, PointerMove


class ChampionSwitch:
    """Moves the champion pointer of one store; the files and the pointer are checked first.

    A person's two ways take the champion that the person means to replace, if they name it, so that a second
    click, or another person's, does not undo what the first did.

    Raises
    ------
    StateConflict
        By each, if what is asked for makes no sense in the state that the store is in; the message says
        what would.
    PointerUnavailable
        By each, if the pointer could not be written. In all cases it stays as it was.
    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store

    def promote(self, version: str, expected: str | None = None) -> ChampionPointer:
        """Point at ``version``. A pointer that cannot be read is mended by it.

        Raises
        ------
        RecordNotFound
            If there is no such version.
        """

        def choose(current: ChampionPointer | None) -> str:
            _expect(current, expected)
            if current is not None and current.version == version:
                raise StateConflict(f"Version {version} is the champion already.")
            return version

        try:
            return self._store.change_champion(choose, "promotion")
        except ModelIntegrityError as error:
            raise StateConflict(f"Version {version} cannot serve: {error}") from error

    def roll_back(self, expected: str | None = None) -> ChampionPointer:
        """Point at the champion before this one; the current one becomes the previous one."""

        def choose(current: ChampionPointer | None) -> str:
            _expect(current, expected)
            return _earlier(current)

        return self._back(choose, "rollback")

    def take_back(self, promotion: ChampionPointer) -> ChampionPointer:
        """Point at the champion before ``promotion``, if the pointer is still what that made it.

        Whoever moved it since, even to the same version, has the last word.
        """

        def choose(current: ChampionPointer | None) -> str:
            if current != promotion:
                raise StateConflict(
                    f"The champion was changed since {promotion.version} was promoted; it stays."
                )
            return _earlier(current)

        return self._back(choose, "watch")

    def _back(
        self, choose: Callable[[ChampionPointer | None], str], moved_by: PointerMove
    ) -> ChampionPointer:
        try:
            return self._store.change_champion(choose, moved_by)
        except RecordNotFound as error:
            raise StateConflict(f"{error} It was deleted; promote another version.") from error
        except ModelIntegrityError as error:
            raise StateConflict(
                f"The earlier champion cannot serve: {error} Promote another version."
            ) from error


def _earlier(current: ChampionPointer | None) -> str:
    if current is None or current.previous is None:
        raise StateConflict("There is no earlier champion to go back to; promote a version.")
    return current.previous


def _expect(current: ChampionPointer | None, expected: str | None) -> None:
    serving = current.version if current else None
    if expected is not None and serving != expected:
        raise StateConflict(f"{serving or 'No version'} is the champion by now, not {expected}.")
