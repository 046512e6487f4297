"""The short form of ``make soak-hour``: 20 s, in which each kind of process is killed."""

from pathlib import Path

import pytest

from storage.settings import Settings
from tests.faults.soak.__main__ import with_ports
from tests.faults.soak.run import SERVICE_WORKER, Outcome, Soak
from tests.faults.soak.samples import Sample, grown, parts
from tests.launched import procfile

pytestmark = pytest.mark.xdist_group("faults")


@pytest.mark.soak
def test_all_processes_are_killed_and_nothing_answered_is_lost(
    champion_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = Soak(with_ports(champion_settings), 300, 20, tmp_path / "up.log").run()
    with capsys.disabled():
        print("\n" + outcome.text())  # noqa: T201 - to the person who runs it
    assert outcome.kills.keys() == {SERVICE_WORKER, *procfile()}
    assert outcome.acknowledged > 100
    assert not outcome.failed()


def test_growth_is_what_is_larger_at_the_end_than_after_the_caches_are_full() -> None:
    samples = [
        Sample(minute * 60, 0, {"worker MB": 100 + minute * 1.0, "cache MB": min(100, minute * 9)})
        for minute in range(61)
    ]
    assert grown(samples) == ["worker MB grew from 121 to 160"]
    assert grown(samples[:11]) == []
    assert [row.held["worker MB"] for row in parts(samples, 6, 3600)] == [
        109,
        119,
        129,
        139,
        149,
        160,
    ]


def test_a_rate_that_fell_short_and_growth_are_said_and_fail() -> None:
    outcome = Outcome(per_second=280, asked_per_second=300, is_judged=True, growth=["x MB grew"])
    assert outcome.failed()
    assert outcome.text().endswith(
        "Answered 280 of 300 requests/s.\nThe rate fell short.\nx MB grew."
    )
    good = Outcome(per_second=298, asked_per_second=300, is_judged=True)
    assert not good.failed()
    assert good.text().endswith("The rate was held.\nAfter ten minutes nothing grew.")
