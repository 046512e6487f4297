"""Where a rollback leads after any sequence of moves, and after moves that nobody kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storage.models.pointer import PointerFile
from storage.models.store import ModelStore
from storage.models.way_back import (
    MOST_MOVES,
    ChampionMove,
    WayBack,
    keep_moves,
    made_moves,
    read_moves,
    way_back,
)
from storage.paths import RuntimePaths
from storage.schema.manifest import ChampionPointer, PointerMove
from storage.settings import Settings
from tests.storage.models.test_champion import publish

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
VERSIONS = some.sampled_from("abcde")
STEPS = some.lists(VERSIONS | some.just("back"), max_size=30)
"""Promotions of a version, and rollbacks."""


def moves_of(steps: list[str]) -> list[ChampionMove]:
    """Return the moves that a person makes; a rollback without a way back makes none."""
    moves: list[ChampionMove] = []
    for step in steps:
        way = way_back(moves)
        version = way.next if step == "back" else step
        if version is not None:
            moves.append(
                move(
                    version, way.champion, len(moves), "rollback" if step == "back" else "promotion"
                )
            )
    return moves


def move(
    version: str, replaced: str | None, number: int = 0, moved_by: PointerMove | None = "promotion"
) -> ChampionMove:
    when = BEGIN + timedelta(minutes=number)
    return ChampionMove(version=version, replaced=replaced, changed_at=when, moved_by=moved_by)


@given(STEPS)
def test_a_rollback_leads_to_the_newest_that_served_and_was_not_rolled_back_from(
    steps: list[str],
) -> None:
    moves = moves_of(steps)
    way = way_back(moves)
    last_left = {one.replaced: number for number, one in enumerate(moves) if one.replaced}
    last_promoted = {one.version: number for number, one in enumerate(moves) if not one.is_back}
    left_as_bad = {one.replaced: number for number, one in enumerate(moves) if one.is_back}
    bad = {one for one, number in left_as_bad.items() if number > last_promoted[str(one)]}
    assert way.rolled_back == bad
    good = [one for one in last_left if one not in bad and one != way.champion]
    assert list(way.earlier) == sorted(good, key=lambda one: -last_left[one])


@given(STEPS)
def test_rollbacks_in_a_row_never_come_to_the_same_version_twice(steps: list[str]) -> None:
    moves = moves_of(steps)
    known = way_back(moves).served
    passed = [one.version for one in moves_of([*steps, *["back"] * 10])[len(moves) - 1 :]]
    assert len(passed) == len(set(passed))
    assert set(passed) <= known


@given(STEPS, some.integers(1, 30))
def test_forgotten_moves_bring_nothing_bad_back(steps: list[str], kept: int) -> None:
    moves = moves_of(steps)
    whole, short = way_back(moves), way_back(moves[-kept:])
    assert short.earlier == whole.earlier[: len(short.earlier)]
    assert short.champion == whole.champion


def test_a_version_rolled_back_from_may_be_promoted_again() -> None:
    way = way_back(moves_of(["a", "b", "back", "b"]))
    assert way == WayBack("b", ("a",), frozenset())


@pytest.mark.parametrize(
    ("moved_by", "expected"),
    [
        ("gate", WayBack("b", ("a",), frozenset())),
        (None, WayBack("b", ("a",), frozenset())),
        ("rollback", WayBack("b", (), frozenset({"a"}))),
        ("watch", WayBack("b", (), frozenset({"a"}))),
    ],
)
def test_a_pointer_of_an_earlier_release_is_understood(
    moved_by: PointerMove | None, expected: WayBack
) -> None:
    pointer = ChampionPointer(version="b", previous="a", moved_by=moved_by)
    assert way_back(made_moves((), pointer)) == expected


def test_what_an_earlier_release_moved_meanwhile_is_not_lost() -> None:
    kept = tuple(moves_of(["a", "b"]))
    forth = ChampionPointer(version="d", previous="c", moved_by="gate")
    assert way_back(made_moves(kept, forth)) == WayBack("d", ("c", "b", "a"))
    back = ChampionPointer(version="b", previous="c", moved_by="rollback")
    assert way_back(made_moves(kept, back)) == WayBack("b", ("a",), frozenset("c"))


def test_a_pointer_written_by_hand_leaves_what_served() -> None:
    kept = tuple(moves_of(["a", "b"]))
    edited = ChampionPointer(
        version="x", previous="a", changed_at=kept[-1].changed_at, moved_by="gate"
    )
    assert way_back(made_moves(kept, edited)) == WayBack("x", ("b", "a"))


def test_a_move_that_a_kill_prevented_never_happened() -> None:
    made = moves_of(["a", "b", "back"])
    pointer = ChampionPointer(version="b", previous="a", changed_at=made[1].changed_at)
    assert made_moves(tuple(made), pointer) == tuple(made[:2])


def test_a_pointer_that_is_lost_is_known_from_its_moves(settings: Settings) -> None:
    store = ModelStore(settings.paths)
    for name in "ab":
        publish(store, name)
        store.set_champion(name)
    settings.paths.champion_pointer.unlink()
    assert store.way_back() == WayBack("b", ("a",))


def test_a_damaged_history_leaves_the_way_of_the_pointer(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    store = ModelStore(settings.paths)
    for name in "ab":
        publish(store, name)
        store.set_champion(name)
    settings.paths.champion_history.write_text("[torn")
    assert store.way_back() == WayBack("b", ("a",))
    assert "champion_history.json cannot be read" in caplog.text


def test_the_file_stays_small(tmp_path: Path) -> None:
    path = RuntimePaths(tmp_path).champion_history
    keep_moves(path, tuple(move(str(number), None, number) for number in range(MOST_MOVES + 5)))
    assert [read_moves(path)[at].version for at in (0, -1)] == ["5", str(MOST_MOVES + 4)]
    assert PointerFile(RuntimePaths(tmp_path)).way_back().champion == str(MOST_MOVES + 4)
