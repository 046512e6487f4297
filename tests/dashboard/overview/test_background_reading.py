"""A reading in the background: nobody waits, answers are kept, failures are told and asked about again."""

import threading
from collections.abc import Callable, Iterator

import pytest

from backend.client import HousingClient, ServiceUnreachable
from dashboard.overview.background_reading import BackgroundReading
from tests.system import wait_for

Read = Callable[[Callable[[HousingClient], int], float], BackgroundReading[int]]


@pytest.fixture
def reading() -> Iterator[Read]:
    """Make readings of a service that is never asked, and close them."""
    made: list[BackgroundReading[int]] = []

    def make(ask: Callable[[HousingClient], int], pause_seconds: float) -> BackgroundReading[int]:
        made.append(BackgroundReading(HousingClient("http://localhost"), ask, pause_seconds))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_slow_answer_holds_up_nobody(reading: Read) -> None:
    allowed = threading.Event()

    def ask(client: HousingClient) -> int:
        allowed.wait()
        return 7

    slow = reading(ask, 0)
    assert slow.look() is None
    assert slow.look() is None
    allowed.set()
    assert wait_for(slow.look) == 7


def test_while_a_newer_answer_is_on_its_way_the_last_one_stays(reading: Read) -> None:
    allowed = threading.Event()
    asked: list[int] = []

    def ask(client: HousingClient) -> int:
        asked.append(len(asked) + 1)
        if len(asked) == 2:
            allowed.wait()
        return asked[-1]

    renewed = reading(ask, 0)
    assert wait_for(renewed.look) == 1
    wait_for(lambda: renewed.look() and len(asked) == 2)
    assert renewed.look() == 1
    allowed.set()
    wait_for(lambda: renewed.look() == 2)


def test_a_young_answer_is_not_asked_for_again(reading: Read) -> None:
    asked: list[int] = []

    def ask(client: HousingClient) -> int:
        asked.append(1)
        return 7

    young = reading(ask, 3_600)
    assert wait_for(young.look) == 7
    assert [young.look() for _ in range(5)] == [7] * 5
    assert len(asked) == 1


def test_a_failure_is_told_and_asked_about_again_at_once(reading: Read) -> None:
    answers: list[int] = []

    def ask(client: HousingClient) -> int:
        if not answers:
            raise ServiceUnreachable("down")
        return answers[0]

    failing = reading(ask, 3_600)

    def told() -> bool:
        try:
            failing.look()
        except ServiceUnreachable:
            return True
        return False

    wait_for(told)
    answers.append(7)

    def recovered() -> bool:
        try:
            return failing.look() == 7
        except ServiceUnreachable:
            return False

    wait_for(recovered)
