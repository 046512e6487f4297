"""The Overview names what keeps ending, and is silent about what runs."""

from typing import Any

import pytest

from backend.contract.service import SupervisedProcess
from backend.supervisor.states import ProcessStates, write_states
from storage.schema.records import utc_now
from tests.dashboard.conftest import OpenPage, Service, sentences

RUNS = SupervisedProcess(name="mlops-api", state="running", restarts=1, since=utc_now())


def one(name: str, state: Any, **more: Any) -> SupervisedProcess:
    return SupervisedProcess(name=name, state=state, restarts=5, since=utc_now(), **more)


def supervise(service: Service, *processes: SupervisedProcess) -> None:
    states = ProcessStates(written_at=utc_now(), processes=list(processes))
    write_states(service.settings.paths.process_states, states)


def test_what_keeps_ending_is_named_with_its_last_lines(
    open_page: OpenPage, service: Service
) -> None:
    lines = ["Traceback (most recent call last):", "OSError: [Errno 28] No space left on device"]
    worker = one("worker", "failing", last_end="exit code 1", last_lines=lines)
    supervise(service, RUNS, worker, one("monitor", "failing", last_end="killed by signal 9"))
    page = open_page("overview", service)
    first, second = sentences(page)
    begins = "**worker keeps ending soon after its start (exit code 1).** Restarts so far: 5. "
    assert first.startswith(begins)
    assert second.startswith("**monitor keeps ending soon after its start (killed by signal 9).** ")
    assert [code.value for code in page.code] == ["\n".join(lines)]
    assert [expander.label for expander in page.expander] == ["Last lines of worker"]


def test_one_that_is_just_coming_back_is_a_line(open_page: OpenPage, service: Service) -> None:
    supervise(service, RUNS, one("worker", "restarting", last_end="killed by signal 9"))
    page = open_page("overview", service)
    assert not sentences(page)
    [line] = [each.value for each in page.caption if "started again" in each.value]
    assert "worker ended (killed by signal 9) at " in line


@pytest.mark.parametrize("processes", [(), (RUNS,)])
def test_what_runs_is_not_mentioned(
    open_page: OpenPage, service: Service, processes: tuple[SupervisedProcess, ...]
) -> None:
    supervise(service, *processes)
    page = open_page("overview", service)
    assert not sentences(page)
    assert not page.expander
    assert not any("mlops-api" in caption.value for caption in page.caption)
