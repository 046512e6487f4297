"""The supervisor over tiny real processes: its step with a clock of the test's own, and a whole run."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from backend.contract.service import SupervisedProcess
from backend.supervisor.states import ProcessStates
from backend.supervisor.supervisor import STOP_SECONDS, Supervisor
from tests.backend.supervisor.programs import supervisor_of
from tests.system import REPOSITORY, Program, children, running, wait_for

STEADY = "echo ready; exec sleep 60"
WRONG = "echo The setting HOUSING_X is wrong, at 0x$$.; exit 3"
STUBBORN = (
    "trap '' TERM INT HUP; (trap '' TERM; exec sleep 60) & echo $!; while :; do sleep 60; done"
)


class Clock:
    """Steps a supervisor without waiting for its pauses."""

    def __init__(self, supervisor: Supervisor, states: Path) -> None:
        self.now = 0.0
        self._supervisor = supervisor
        self._states = states

    def states(self) -> dict[str, SupervisedProcess]:
        """Step once, and return what the service would read."""
        self._supervisor.step(self.now)
        found = ProcessStates.model_validate_json(self._states.read_bytes())
        return {process.name: process for process in found.processes}

    def until_ended(self, name: str, times: int) -> SupervisedProcess:
        """Step until a process has ended so often."""

        def ended() -> SupervisedProcess | None:
            self.now += 0.5
            state = self.states()[name]
            return state if state.restarts == times else None

        return wait_for(ended, 20, f"{name} to end {times} times")


@contextmanager
def clock(folder: Path, secrets: tuple[str, ...] = (), **scripts: str) -> Iterator[Clock]:
    supervisor = supervisor_of(folder, scripts, secrets)
    try:
        yield Clock(supervisor, folder / "states.json")
    finally:
        supervisor.stop()


def test_what_ends_is_started_again_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short, long = "echo one; exec sleep 0.1", STEADY
    with clock(tmp_path, short=short, long=long) as time:
        state = time.until_ended("short", 1)
        assert (state.state, state.last_end, state.last_lines) == (
            "restarting",
            "exit code 0",
            ["one"],
        )
        assert time.states()["long"].state == "running"
        assert time.states()["long"].restarts == 0
        time.now += 1.0
        assert time.states()["short"].state == "running"
    assert "short ended (exit code 0); starting it again in 1 s." in capsys.readouterr().out


def test_a_kill_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with clock(tmp_path, monitor="kill -9 $$") as time:
        assert time.until_ended("monitor", 1).last_end == "killed by signal 9"
    said = capsys.readouterr().out
    assert "monitor ended (killed by signal 9); starting it again in 1 s." in said


def test_what_keeps_ending_is_named_and_its_message_does_not_scroll(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with clock(tmp_path, worker=WRONG) as time:
        state = time.until_ended("worker", 6)
    assert state.state == "failing"
    assert state.last_end == "exit code 3"
    [line] = state.last_lines
    assert line.startswith("The setting HOUSING_X is wrong")
    said = capsys.readouterr().out
    assert said.count("The setting HOUSING_X is wrong") == 2  # at once, and when it is a habit
    assert "worker keeps ending soon after its start; its last lines:" in said
    assert "worker ended (exit code 3), 6 times in a row; starting it again in 30 s." in said


def test_other_words_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = f"echo x >> {tmp_path}/runs; tr -d '\\n' < {tmp_path}/runs; exit 1"
    with clock(tmp_path, worker=script) as time:
        time.until_ended("worker", 2)
    assert [line.endswith("| xx") for line in capsys.readouterr().out.splitlines()].count(True) == 1


def test_after_a_steady_run_it_is_well_again(tmp_path: Path) -> None:
    script = f"echo x >> {tmp_path}/runs; [ $(wc -l < {tmp_path}/runs) -gt 3 ] && exec sleep 60"
    with clock(tmp_path, worker=script) as time:
        time.until_ended("worker", 3)
        time.now += 30.0
        assert time.states()["worker"].state == "failing"
        time.now += 60.0
        assert time.states()["worker"].state == "running"


def test_no_secret_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "echo key s3cr3t-k3y for postgresql://me:pass-word@host/db; exit 1"
    with clock(tmp_path, ("s3cr3t-k3y",), worker=script) as time:
        state = time.until_ended("worker", 3)
    assert state.last_lines == ["key ••• for postgresql://•••@host/db"]
    assert "s3cr3t" not in capsys.readouterr().out


def test_what_a_killed_process_started_is_gone_before_it_starts_again(tmp_path: Path) -> None:
    script = f"(trap '' TERM HUP; exec sleep 61) & echo $! > {tmp_path}/grandchild; exec sleep 60"
    with clock(tmp_path, api=script) as time:
        wait_for(lambda: time.states() and (tmp_path / "grandchild").exists(), 20, "its start")
        grandchild = int(wait_for(lambda: (tmp_path / "grandchild").read_text(), 5, "its id"))
        [child] = [pid for pid in children(os.getpid()) if os.getpgid(grandchild) == pid]
        os.kill(child, signal.SIGKILL)
        time.until_ended("api", 1)
        wait_for(
            lambda: _is_dead(grandchild),
            5,
            "its end",
        )


def test_a_command_that_does_not_exist_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with clock(tmp_path, worker="exec /no/such/program") as time:
        assert time.until_ended("worker", 1).last_end == "exit code 127"
    assert "Traceback" not in capsys.readouterr().out


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Program]:
    """A supervisor with an obedient process and one that ignores signals, both started."""
    log = tmp_path / "log"
    arguments = (str(tmp_path), f"obedient={STEADY}", f"stubborn={STUBBORN}")
    with running("tests.backend.supervisor.programs", log, *arguments) as supervisor:
        wait_for(lambda: "ready" in log.read_text() and "stubborn |" in log.read_text(), 20, "both")
        yield supervisor


def grandchild_of(folder: Path) -> int:
    """Return the process that the stubborn one started."""
    [line] = [line for line in (folder / "log").read_text().splitlines() if "stubborn |" in line]
    return int(line.split()[-1])


def test_the_closed_terminal_leaves_nothing_behind(run: Program, tmp_path: Path) -> None:
    pids = [*children(run.pid), grandchild_of(tmp_path)]
    run.send_signal(signal.SIGHUP)
    assert run.wait(10) == 0
    wait_for(lambda: all(map(_is_dead, pids)), 5, "the end of all")
    log = (tmp_path / "log").read_text()
    assert "stubborn does not stop; killing it." in log
    assert "obedient does not stop" not in log
    assert not (tmp_path / "states.json").exists()


def test_a_second_ctrl_c_does_not_wait_for_the_limit(run: Program, tmp_path: Path) -> None:
    run.send_signal(signal.SIGINT)
    wait_for(lambda: "Stopping" in (tmp_path / "log").read_text(), 5, "the first Ctrl-C")
    run.send_signal(signal.SIGINT)
    assert run.wait(STOP_SECONDS / 2) == 0
    wait_for(lambda: _is_dead(grandchild_of(tmp_path)), 5, "the end of all")


def test_a_killed_supervisor_takes_its_processes_along(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(
        "tests.backend.supervisor.programs", log, str(tmp_path), f"one={STEADY}"
    ) as supervisor:
        wait_for(lambda: "ready" in log.read_text(), 20, "the start")
        pids = children(supervisor.pid)
        assert pids
        supervisor.kill()
        wait_for(lambda: all(map(_is_dead, pids)), 5, "the end of all")


def _is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_paused_terminal_holds_nothing_up(tmp_path: Path) -> None:
    """Nobody reads what is printed: the processes go on, are started again, and stop."""
    talk = "while :; do seq 20000; sleep 0.01; done"
    command = [sys.executable, "-m", "tests.backend.supervisor.programs", str(tmp_path)]
    with Popen(
        [*command, f"talkative={talk}", "other=exit 1"], cwd=REPOSITORY, stdout=PIPE
    ) as supervisor:
        states = tmp_path / "states.json"
        wait_for(lambda: states.exists() and _restarts(states)["other"] >= 2, 20, "two restarts")
        pids = children(supervisor.pid)
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(10) == 0
        wait_for(lambda: all(map(_is_dead, pids)), 5, "the end of all")


def _restarts(states: Path) -> dict[str, int]:
    found = ProcessStates.model_validate_json(states.read_bytes())
    return {process.name: process.restarts for process in found.processes}
