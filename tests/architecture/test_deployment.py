"""The Procfile, the compose file and the images name the same processes and ports."""

import tomllib
from configparser import ConfigParser
from typing import Any

import pytest
import yaml
from honcho.environ import parse_procfile

from backend import launcher
from backend.supervisor.restarts import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from backend.supervisor.supervisor import STOP_SECONDS
from tests.system import REPOSITORY

PORTS = {"mlops-api": 5000, "mlflow-server": 5001, "dashboard": 8501}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
    assert isinstance(content, dict)
    return content


@pytest.fixture(scope="module")
def procfile() -> dict[str, str]:
    return dict(parse_procfile((REPOSITORY / "Procfile").read_text()).processes)


def test_each_process_is_a_service(compose: dict[str, Any], procfile: dict[str, str]) -> None:
    assert set(procfile) <= set(compose["services"])


def test_a_service_runs_the_procfiles_command(
    compose: dict[str, Any], procfile: dict[str, str]
) -> None:
    for name, command in procfile.items():
        assert compose["services"][name]["command"] == command.split(), name


def test_ports_are_published_on_the_loopback_only(compose: dict[str, Any]) -> None:
    for name, port in PORTS.items():
        assert f"127.0.0.1:{port}:{port}" in compose["services"][name]["ports"]
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == set(PORTS)


def test_every_service_is_watched_and_comes_back(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if service.get("restart") == "no":
            continue  # one that trains once and ends
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_systemd_brings_it_back_with_the_pauses_of_the_supervisor() -> None:
    unit = ConfigParser()
    unit.optionxform = str  # type: ignore[assignment, method-assign] # systemd's keys have capitals
    unit.read(REPOSITORY / "docs" / "systemd" / "housing.service")
    service = unit["Service"]
    assert service["Restart"] == "always"
    assert float(service["RestartSec"]) == FIRST_PAUSE_SECONDS
    assert float(service["RestartMaxDelaySec"]) == LONGEST_PAUSE_SECONDS
    assert int(service["RestartSteps"]) > 1
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"  # it never gives up
    assert float(service["TimeoutStopSec"]) > STOP_SECONDS
    assert service["User"] != "root"
    command, option, module = service["ExecStart"].split()
    assert command == f"{service['WorkingDirectory']}/.venv/bin/python"
    assert (option, module) == ("-m", launcher.__name__)


def test_images_exist_and_do_not_run_as_root(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        dockerfile = REPOSITORY / service["build"]["dockerfile"]
        lines = dockerfile.read_text().splitlines()
        users = [line for line in lines if line.startswith("USER ")]
        assert users, f"{name}: {dockerfile} runs as root"
        assert users[-1] != "USER root"


def test_everything_written_is_on_a_volume(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        # The console keeps the files that it scored, and has no access to the rest.
        written = ":/app/runtime/scored_files" if name == "dashboard" else ":/app/runtime"
        assert any(str(volume).endswith(written) for volume in service["volumes"]), name


def test_ci_runs_the_readmes_test_command() -> None:
    assert "make test" in (REPOSITORY / ".ci" / "run").read_text()
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text())
    triggers = workflow[True]  # YAML reads the key "on" as true
    assert set(triggers) == {"push", "pull_request"}


def test_ci_runs_every_python_that_the_project_supports() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    named = [line.rpartition(" ")[2] for line in project["classifiers"]]
    workflow = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text())
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python-version"] == named
    oldest, newest = named[0], named[-1].split(".")
    assert project["requires-python"] == f">={oldest},<{newest[0]}.{int(newest[1]) + 1}"
