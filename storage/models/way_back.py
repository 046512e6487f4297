"""The way back: which versions served well before the champion, from the kept moves of the pointer.

champion_history.json stands beside the pointer, whose own format stays as it was, so that earlier releases
still read it. A move is kept before the pointer is written: a kill between the two leaves a last move that
never happened, and reading the file leaves it out.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from storage.process.atomic_files import write_atomically
from storage.schema.manifest import ChampionPointer, PointerMove

logger = logging.getLogger(__name__)

MOVES_BACK: tuple[PointerMove, ...] = ("rollback", "watch")
MOST_MOVES = 1000
"""Moves that are kept; earlier ones are forgotten."""


class ChampionMove(BaseModel):
    """One move of the pointer: to ``version``, from ``replaced``; None if nothing served before."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    replaced: str | None
    changed_at: AwareDatetime
    moved_by: PointerMove | None

    @property
    def is_back(self) -> bool:
        """Whether it left a version that should not serve again."""
        return self.moved_by in MOVES_BACK


MOVES: TypeAdapter[tuple[ChampionMove, ...]] = TypeAdapter(tuple[ChampionMove, ...])


@dataclass(frozen=True)
class WayBack:
    """Which version serves, and where a rollback leads.

    Attributes
    ----------
    champion
        None: nothing has been promoted.
    earlier
        Versions that served before, the newest first, without those rolled back from.
    rolled_back
        Versions that somebody rolled back from, and that nobody has promoted since.
    """

    champion: str | None = None
    earlier: tuple[str, ...] = ()
    rolled_back: frozenset[str] = field(default_factory=frozenset)

    @property
    def next(self) -> str | None:
        """The version that a rollback leads to; None: there is no way back."""
        return self.earlier[0] if self.earlier else None

    @property
    def served(self) -> frozenset[str]:
        """Every version that serves or has served."""
        serves = () if self.champion is None else (self.champion,)
        return self.rolled_back.union(self.earlier, serves)

    def after(self, move: ChampionMove) -> "WayBack":
        """Return the way back after a move."""
        left = move.replaced if move.replaced != move.version else None
        earlier = tuple(one for one in self.earlier if one not in (left, move.version))
        rolled_back = self.rolled_back - {move.version}
        if left is not None and move.is_back:
            return WayBack(move.version, earlier, rolled_back | {left})
        served_well = (left,) if left is not None and left not in rolled_back else ()
        return WayBack(move.version, served_well + earlier, rolled_back)


def way_back(moves: Iterable[ChampionMove]) -> WayBack:
    """Return the way back after some moves, the oldest first."""
    return reduce(WayBack.after, moves, WayBack())


def made_moves(
    kept: tuple[ChampionMove, ...], pointer: ChampionPointer | None
) -> tuple[ChampionMove, ...]:
    """Return the moves that led to ``pointer``: without those that never happened, with one not kept.

    Parameters
    ----------
    kept
        The moves in the file, the oldest first.
    pointer
        What the pointer says. None: it is missing or damaged, and the file alone counts.
    """
    if pointer is None:
        return kept
    for number in reversed(range(len(kept))):
        move = kept[number]
        if (move.version, move.changed_at) == (pointer.version, pointer.changed_at):
            return kept[: number + 1]
    return (*kept, *_moves_not_kept(kept[-1] if kept else None, pointer))


def _moves_not_kept(
    last: ChampionMove | None, pointer: ChampionPointer
) -> tuple[ChampionMove, ...]:
    """Return the moves of an earlier release or of a person with an editor, as far as they show."""
    when, served, replaced = pointer.changed_at, last.version if last else None, pointer.previous
    if last is not None and (last.changed_at == when or replaced is None):
        replaced, moved_by = served, None
    else:
        moved_by = pointer.moved_by
    to_it = ChampionMove(
        version=pointer.version, replaced=replaced, changed_at=when, moved_by=moved_by
    )
    if served is None or replaced in (served, None):
        return (to_it,)
    # There were several: what served in between is all that is known of them.
    between = ChampionMove(version=str(replaced), replaced=served, changed_at=when, moved_by=None)
    return (between, to_it)


def read_moves(path: Path) -> tuple[ChampionMove, ...]:
    """Return the moves in the file; none if it is missing or damaged."""
    try:
        return MOVES.validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValidationError) as error:
        logger.warning("%s cannot be read, so the way back is short: %s", path.name, error)
        return ()


def keep_moves(path: Path, moves: tuple[ChampionMove, ...]) -> None:
    """Replace the file, atomically, with the newest moves."""
    write_atomically(path, MOVES.dump_json(moves[-MOST_MOVES:], indent=2))
