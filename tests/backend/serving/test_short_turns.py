"""Long work beside answers: that it pauses again and again, and leaves the interpreter as it was."""

import sys
import threading
import time

import pytest

from backend.serving.short_turns import PAUSE_SECONDS, TURN_SECONDS, short_turns


def work(seconds: float) -> None:
    """Call functions for some time of this thread's own."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(100))


def test_a_turn_is_followed_by_a_pause() -> None:
    pauses: list[float] = []
    with short_turns(pauses.append):
        work(20 * TURN_SECONDS)
    assert len(pauses) >= 10
    assert set(pauses) == {PAUSE_SECONDS}


def test_work_shorter_than_a_turn_is_not_held_up() -> None:
    pauses: list[float] = []
    with short_turns(pauses.append):
        pass
    assert pauses == []


def test_other_threads_do_not_pause() -> None:
    pauses: list[int] = []
    with short_turns(lambda _: pauses.append(threading.get_ident())):
        other = threading.Thread(target=work, args=(20 * TURN_SECONDS,))
        other.start()
        other.join()
    assert set(pauses) <= {threading.get_ident()}


def test_the_interpreter_is_left_as_it_was_whatever_happens() -> None:
    usual = sys.getswitchinterval()
    with pytest.raises(ZeroDivisionError):
        _fail_in_turns(usual)
    assert sys.getswitchinterval() == usual
    assert sys.getprofile() is None


def _fail_in_turns(usual: float) -> None:
    with short_turns():
        assert sys.getswitchinterval() < usual
        _ = 1 / 0
