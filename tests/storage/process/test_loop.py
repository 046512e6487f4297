"""What a loop says about a problem that lasts."""

import logging

import pytest

from storage.process.loop import ToldProblems


def test_a_lasting_problem_is_said_once_a_minute_and_its_end_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = ToldProblems()
    with caplog.at_level(logging.INFO):
        for second in range(0, 150, 10):
            told.tell("The disk is full.", second)
            told.tell("It is locked.", second + 5)
        told.tell("", 150)
        told.tell("", 151)
    assert caplog.messages == ["The disk is full.", "It is locked."] * 3 + ["Working again."]
