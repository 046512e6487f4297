"""Kept answers: one answer for a key, whichever process is killed at whichever step; for a day."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import AnswersUnavailable, KeyReused, RequestInFlight
from storage.idempotency.kept_answers import KEPT_SECONDS, Asked, Draft, Kept, KeptAnswers, Turn

BODY = b'{"one": 1}'
STEPS = 4
"""Claimed, drafted, appended, finished: a process may be killed before each of the last three, or not."""


class Process:
    """Answers requests as a worker does, and may be killed between two steps."""

    def __init__(self, path: Path, spool: list[bytes]) -> None:
        self.kept = KeptAnswers(path, flushes=False)
        self._spool = spool

    def asked(self, asked: Asked, answer: bytes, steps: int) -> bytes | None:
        """Return the answer; None if the process was killed after so many steps."""
        found = self.kept.claim(asked)
        if isinstance(found, Kept):
            return found.content
        draft = found.draft or Draft(answer, b"line of " + answer)
        actions: tuple[Callable[[], None], ...] = (
            lambda: self.kept.keep(found, draft),
            lambda: self._spool.append(draft.lines),
            lambda: self.kept.finish(found),
        )
        for action in actions[: steps - 1]:
            action()
        if steps < STEPS:
            self.kept.close()  # as the kernel does: nothing is given back
            return None
        return draft.content


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, STEPS)), min_size=1, max_size=12))
def test_a_key_has_one_answer_and_one_row_whenever_processes_are_killed(
    requests: list[tuple[str, int]],
) -> None:
    spool: list[bytes] = []
    answers: dict[str, set[bytes]] = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers.db"
        process = Process(path, spool)
        for number, (key, steps) in enumerate([*requests, ("a", STEPS), ("b", STEPS)]):
            answer = process.asked(Asked.of("me", key, BODY), b"%d" % number, steps)
            if answer is None:
                process = Process(path, spool)
            else:
                answers.setdefault(key, set()).add(answer)
        process.kept.close()
    for key, given_ones in answers.items():
        assert len(given_ones) == 1, key
    logged = {line.removeprefix(b"line of ") for line in spool}
    assert logged >= set().union(*answers.values())
    # What was appended without an answer is that of a key whose retry has not come: never two for a key.
    assert len(logged) <= len({key for key, _ in requests} | {"a", "b"})


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> KeptAnswers:
    return KeptAnswers(tmp_path / "idempotency" / "answers.db", flushes=False)


def _finish(kept: KeptAnswers, asked: Asked, now: float | None = None) -> None:
    turn = kept.claim(asked, now)
    assert isinstance(turn, Turn)
    kept.keep(turn, Draft(b"answer", b""))
    kept.finish(turn)


def test_another_body_is_refused_and_another_callers_key_is_another_key(kept: KeptAnswers) -> None:
    _finish(kept, Asked.of("cron (viewer)", "k", BODY))
    with pytest.raises(KeyReused):
        kept.claim(Asked.of("cron (viewer)", "k", BODY + b" "))
    assert isinstance(kept.claim(Asked.of("admin", "k", BODY)), Turn)
    assert Asked.of("a", "k", b"1", b"23") != Asked.of("a", "k", b"12", b"3")


def test_a_living_process_keeps_its_turn_until_it_gives_it_back(
    kept: KeptAnswers, tmp_path: Path
) -> None:
    asked = Asked.of("me", "k", BODY)
    other = KeptAnswers(tmp_path / "idempotency" / "answers.db", flushes=True)
    turn = kept.claim(asked)
    assert isinstance(turn, Turn)
    for process in (kept, other):
        with pytest.raises(RequestInFlight):
            process.claim(asked)
    kept.give_back(turn)
    again = other.claim(asked)
    assert isinstance(again, Turn)
    other.keep(again, Draft(b"drafted", b"line"))
    other.give_back(again)
    drafted = kept.claim(asked)
    assert isinstance(drafted, Turn)
    assert drafted.draft == Draft(b"drafted", b"line")
    assert drafted.command_id == again.command_id
    other.close()
    kept.close()


def test_a_key_is_free_after_a_day_and_what_is_older_goes(kept: KeptAnswers) -> None:
    swept: list[int] = []
    kept.on_swept = swept.append
    for number in range(50):
        _finish(kept, Asked.of("me", str(number), BODY), now=number)
    assert isinstance(kept.claim(Asked.of("me", "49", BODY), KEPT_SECONDS + 48), Kept)
    for number in range(3):
        _finish(kept, Asked.of("me", str(number), BODY + b"!"), KEPT_SECONDS + 60)
    assert sum(swept) == 50
    kept.close()


def test_of_two_at_once_one_has_the_turn(tmp_path: Path) -> None:
    path, begin = tmp_path / "answers.db", threading.Barrier(4)
    workers = [KeptAnswers(path, flushes=False) for _ in range(4)]

    def ask(worker: KeptAnswers) -> int:
        begin.wait()
        turns = 0
        for number in range(30):
            with suppress(RequestInFlight):
                turns += isinstance(worker.claim(Asked.of("me", str(number), BODY)), Turn)
        return turns

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, workers)) == 30
    for worker in workers:
        worker.close()


def test_a_damaged_file_is_told_and_a_removed_one_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "answers.db"
    path.write_bytes(b"no database " * 500)
    kept = KeptAnswers(path, flushes=False)
    with pytest.raises(AnswersUnavailable, match=r"answers\.db"):
        kept.claim(Asked.of("me", "k", BODY))
    path.unlink()
    _finish(kept, Asked.of("me", "k", BODY))
    for file in path.parent.glob("answers.db*"):
        file.unlink()
    assert isinstance(kept.claim(Asked.of("me", "k", BODY)), Turn)
    kept.close()
