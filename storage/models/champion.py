"""Promotion and rollback: moving the champion pointer for a person or for a promotion's watch."""

from collections.abc import Callable
from dataclasses import dataclass

from storage.errors import ModelIntegrityError, RecordNotFound, StateConflict
from storage.models.store import ModelStore
from storage.models.way_back import WayBack
from storage.schema.manifest import ChampionPointer, PointerMove

Choice = Callable[[ChampionPointer | None, WayBack], str]


@dataclass(frozen=True)
class ChampionChanged:
    """The pointer after a change, and the version that served before it."""

    pointer: ChampionPointer
    replaced: str | None


class ChampionSwitch:
    """Moves the champion pointer of one store, after checking the files and the pointer.

    The two methods for a person accept the champion that the person expects to replace, so that a second
    click, or another person's, does not undo the first.

    Parameters
    ----------
    store
        The versions.
    prove
        Loads a version and lets it answer; raises ModelIntegrityError or RecordNotFound if that fails. So
        nothing points at a version that cannot serve.

    Raises
    ------
    StateConflict
        By each, if the store's state does not allow it; the message says what is possible.
    PointerUnavailable
        By each, if the pointer could not be written. After any error it is unchanged.
    """

    def __init__(self, store: ModelStore, prove: Callable[[str], object]) -> None:
        self._store = store
        self._prove = prove

    def promote(self, version: str, expected: str | None = None) -> ChampionChanged:
        """Point at ``version``. This repairs an unreadable pointer.

        Raises
        ------
        RecordNotFound
            If there is no such version.
        """

        def choose(current: ChampionPointer | None, _: WayBack) -> str:
            _expect(current, expected)
            if current is not None and current.version == version:
                raise StateConflict(f"Version {version} is already the champion.")
            return version

        try:
            return self._change(choose, "promotion")
        except ModelIntegrityError as error:
            raise StateConflict(f"Version {version} cannot serve: {error}") from error

    def roll_back(self, expected: str | None = None) -> ChampionChanged:
        """Point at the newest version that served before and was not rolled back from."""

        def choose(current: ChampionPointer | None, way: WayBack) -> str:
            _expect(current, expected)
            return _earlier(current, way)

        return self._back(choose, "rollback")

    def take_back(self, promotion: ChampionPointer) -> ChampionChanged:
        """Point at the champion before ``promotion``, if nobody has moved the pointer since.

        A later move takes precedence, even one to the same version.
        """

        def choose(current: ChampionPointer | None, way: WayBack) -> str:
            if current != promotion:
                raise StateConflict(
                    f"The champion has changed since {promotion.version} was promoted and was left as it is."
                )
            return _earlier(current, way)

        return self._back(choose, "watch")

    def _back(self, choose: Choice, moved_by: PointerMove) -> ChampionChanged:
        try:
            return self._change(choose, moved_by)
        except RecordNotFound as error:
            raise StateConflict(f"{error} It was deleted; promote another version.") from error
        except ModelIntegrityError as error:
            raise StateConflict(
                f"The earlier champion cannot serve: {error} Promote another version."
            ) from error

    def _change(self, choose: Choice, moved_by: PointerMove) -> ChampionChanged:
        replaced = None

        def choose_what_serves(current: ChampionPointer | None, way: WayBack) -> str:
            nonlocal replaced
            version = choose(current, way)
            self._prove(version)
            replaced = way.champion
            return version

        return ChampionChanged(self._store.change_champion(choose_what_serves, moved_by), replaced)


def _earlier(current: ChampionPointer | None, way: WayBack) -> str:
    if current is None or way.next is None:
        raise StateConflict("There is no earlier champion to go back to; promote a version.")
    return way.next


def _expect(current: ChampionPointer | None, expected: str | None) -> None:
    serving = current.version if current else None
    if expected is not None and serving != expected:
        raise StateConflict(f"The champion is now {serving or 'no version'}, not {expected}.")
