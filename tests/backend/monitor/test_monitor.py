"""The monitor as a process: the service up, down, up again; the monitor itself started anew."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from matplotlib import image

from storage.settings import Settings
from tests.backend.live_service import live_service, process_settings
from tests.system import Ended, finished, running, wait_for

pytestmark = pytest.mark.xdist_group("processes")


def test_up_down_and_up_again_are_recorded(champion_settings: Settings, tmp_path: Path) -> None:
    reports = champion_settings.paths.reports
    told = process_settings(champion_settings)
    log = tmp_path / "monitor.log"
    with running("backend.monitor", log, "--interval", "0.3", **told):
        wait_for(lambda: _last(reports).get("healthy") is False, what="a record of nothing there")
        with live_service(champion_settings, tmp_path):
            up = wait_for(lambda: _healthy(reports), what="a record of a healthy service")
            assert up["predict_ms"] > 0
            assert up["model_version"]
        down = wait_for(lambda: _unhealthy(reports), what="a record of the outage")
        assert "does not answer" in down["problem"]
        with live_service(champion_settings, tmp_path):
            wait_for(lambda: _healthy(reports), what="a record of the recovery")
    assert "Traceback" not in log.read_text()
    states = [json.loads(line)["healthy"] for line in _lines(reports)]
    changes = [state for state, _ in groupby(states)]
    assert changes[:4] == [False, True, False, True]


def test_a_restart_goes_on_where_it_was(champion_settings: Settings) -> None:
    reports = champion_settings.paths.reports
    for number in (1, 2):
        result = _monitor(champion_settings, "--once")
        assert result.returncode == 1, result.stdout + result.stderr
        assert _summary(reports)["probes"] == number
        assert len(_lines(reports)) == number
        assert "does not answer" in _summary(reports)["last_check"]["problem"]
    assert image.imread(reports / "api_monitoring_report.png").shape == (900, 1440, 4)


def test_it_ends_by_itself_after_its_duration(champion_settings: Settings) -> None:
    result = _monitor(champion_settings, "--duration", "2", "--interval", "0.2")
    assert result.returncode == 0, result.stdout + result.stderr
    assert _summary(champion_settings.paths.reports)["probes"] >= 1


@pytest.mark.parametrize("arguments", [("--duration", "0"), ("--interval", "nan")])
def test_a_wrong_argument_is_one_sentence(settings: Settings, arguments: tuple[str, ...]) -> None:
    result = _monitor(settings, *arguments)
    assert result.returncode == 2
    assert "is not a positive number" in result.stderr


def _monitor(settings: Settings, *arguments: str) -> Ended:
    return finished("-m", "backend.monitor", *arguments, **process_settings(settings))


def _lines(reports: Path) -> list[str]:
    return (reports / "probes.jsonl").read_text().splitlines()


def _summary(reports: Path) -> dict[str, Any]:
    path = reports / "monitoring_summary.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _last(reports: Path) -> dict[str, Any]:
    return dict(_summary(reports).get("last", {}))


def _healthy(reports: Path) -> dict[str, Any] | None:
    last = _last(reports)
    return last if last.get("healthy") else None


def _unhealthy(reports: Path) -> dict[str, Any] | None:
    last = _last(reports)
    return last if last.get("healthy") is False else None
