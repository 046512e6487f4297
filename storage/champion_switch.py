"""Promotion and rollback by hand: the champion pointer moved because a person says so."""

from storage.errors import ModelIntegrityError, RecordNotFound, StateConflict
from storage.model_store import ModelStore
from storage.schema.records import ChampionPointer


class ChampionSwitch:
    """Moves the champion pointer of one store; the files and the pointer are checked first.

    Both ways take the champion that the person means to replace, if they name it, so that a second click,
    or another person's, does not undo what the first did.

    Raises
    ------
    StateConflict
        By both, if what is asked for makes no sense in the state that the store is in; the message says
        what would.
    PointerUnavailable
        By both, if the pointer could not be written. In all cases it stays as it was.
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
            return self._store.change_champion(choose)
        except ModelIntegrityError as error:
            raise StateConflict(f"Version {version} cannot serve: {error}") from error

    def roll_back(self, expected: str | None = None) -> ChampionPointer:
        """Point at the champion before this one, which is then the way back from the way back."""

        def choose(current: ChampionPointer | None) -> str:
            _expect(current, expected)
            if current is None or current.previous is None:
                raise StateConflict(
                    "There is no earlier champion to go back to; promote a version."
                )
            return current.previous

        try:
            return self._store.change_champion(choose)
        except RecordNotFound as error:
            raise StateConflict(f"{error} It was deleted; promote another version.") from error
        except ModelIntegrityError as error:
            raise StateConflict(
                f"The earlier champion cannot serve: {error} Promote another version."
            ) from error


def _expect(current: ChampionPointer | None, expected: str | None) -> None:
    serving = current.version if current else None
    if expected is not None and serving != expected:
        raise StateConflict(f"{serving or 'No version'} is the champion by now, not {expected}.")
