"""The short form of ``make soak-hour``: 20 s, in which each kind of process is killed."""

from pathlib import Path

import pytest

from storage.settings import Settings
from tests.faults.soak.__main__ import with_ports
from tests.faults.soak.run import SERVICE_WORKER, Soak
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


def test_growth_is_what_exceeds_the_first_part_by_more_than_kills_explain() -> None:
    samples = [
        Sample(minute, 0, {"worker MB": 100.0 + minute * 3, "WAL MB": 60.0}) for minute in range(61)
    ]
    rows = parts(samples, 6, 60)
    assert [row.held["worker MB"] for row in rows] == [127, 157, 187, 217, 247, 280]
    assert grown(rows) == ["worker MB grew from 127 to 280"]
    assert grown(parts([*samples[:1]] * 2, 6, 60)) == []
