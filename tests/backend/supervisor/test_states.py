"""The file between the supervisor and the service."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend.contract.service import SupervisedProcess
from backend.supervisor.metrics import ProcessMetrics
from backend.supervisor.states import VALID, ProcessStates, supervised, write_states
from storage.paths import RuntimePaths
from storage.schema.records import utc_now

NOW = utc_now()
WORKER = SupervisedProcess(
    name="worker",
    state="failing",
    restarts=4,
    since=NOW,
    last_end="exit code 1",
    last_lines=["No."],
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "processes" / "states.json"
    write_states(path, ProcessStates(written_at=NOW, processes=[WORKER]))
    return path


def test_the_lines_are_only_for_those_who_may_read(file: Path) -> None:
    assert supervised(file, NOW, with_lines=True) == [WORKER]
    assert supervised(file, NOW, with_lines=False) == [WORKER.model_copy(update={"last_lines": []})]


@pytest.mark.parametrize("late", [VALID * 2, -VALID * 2])
def test_a_file_of_another_time_says_nothing(file: Path, late: timedelta) -> None:
    assert supervised(file, NOW + late, with_lines=True) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"processes": []}'])
def test_neither_does_no_file_or_a_damaged_one(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert supervised(file, NOW, with_lines=True) is None
    file.unlink()
    assert supervised(file, NOW, with_lines=True) is None


def test_the_restarts_are_metrics(tmp_path: Path) -> None:
    paths = RuntimePaths(tmp_path)
    assert [metric.samples for metric in ProcessMetrics(paths).collect()] == [[], []]
    running = WORKER.model_copy(update={"name": "monitor", "state": "running", "restarts": 0})
    states = ProcessStates(written_at=utc_now(), processes=[WORKER, running])
    write_states(paths.process_states, states)
    found = {
        (sample.name, sample.labels["process"]): sample.value
        for metric in ProcessMetrics(paths).collect()
        for sample in metric.samples
    }
    assert found == {
        ("supervisor_process_restarts_total", "worker"): 4,
        ("supervisor_process_restarts_total", "monitor"): 0,
        ("supervisor_process_failing", "worker"): 1,
        ("supervisor_process_failing", "monitor"): 0,
    }


def test_where_it_cannot_be_written_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "processes").write_text("a file")
    states = ProcessStates(written_at=NOW, processes=[WORKER])
    write_states(tmp_path / "processes" / "states.json", states)
