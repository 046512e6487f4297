"""Each service of docker-compose.yml does its work in its own image, as far as that shows without Docker."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from storage.paths import RuntimePaths
from storage.process.kinds import LOG_WRITER, MONITOR, WORKER
from tests.start.image import Image, interpolated
from tests.system import REPOSITORY, free_port, stop_group, wait_for
from tests.tracking_store import copy_store, empty_store

pytestmark = pytest.mark.xdist_group("system")

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = "first-training"
PORTS = {
    "5000": "HOUSING_BACKEND_PORT",
    "5001": "HOUSING_MLFLOW_PORT",
    "8501": "HOUSING_DASHBOARD_PORT",
}
SECRETS = (
    "HOUSING_VIEWER_KEY",
    "HOUSING_OPERATOR_KEY",
    "HOUSING_ADMIN_KEY",
    "HOUSING_MLFLOW_PASSWORD",
)
VARIABLES = dict.fromkeys(SECRETS, "0123456789abcdef") | {"NO_PROXY": ""}
"""What the comment at the top of the file has a person write into .env."""


@pytest.fixture
def runtime(runtime_with_champion: Path, tmp_path_factory: pytest.TempPathFactory) -> RuntimePaths:
    """What is on the volume after the first training."""
    paths = RuntimePaths(runtime_with_champion)
    copy_store(empty_store(tmp_path_factory), paths)
    return paths


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {ONCE}))
def test_a_service_becomes_healthy(name: str, runtime: RuntimePaths, tmp_path: Path) -> None:
    service, log = SERVICES[name], tmp_path / f"{name}.log"
    image = _image(name, runtime, tmp_path)
    ports = {port: str(free_port()) for port in PORTS}
    process = image.started(service["command"], _settings(service, ports), log)
    try:
        check = _moved(
            service["healthcheck"]["test"], ports | {"os.kill(1,": f"os.kill({process.pid},"}
        )
        assert check[0] == "CMD"
        wait_for(
            lambda: (
                process.poll() is not None
                or (_works(name, runtime, process.pid) and image.runs(check[1:]))
            ),
            what="a healthy container",
        )
        assert process.poll() is None, log.read_text()
        assert "Error" not in log.read_text(), log.read_text()
    finally:
        stop_group(process)
    # Otherwise it would pass whatever runs.
    assert not image.runs(check[1:])


def test_the_first_training_finds_the_champion(runtime: RuntimePaths, tmp_path: Path) -> None:
    log = tmp_path / "training.log"
    image = _image(ONCE, runtime, tmp_path)
    process = image.started(SERVICES[ONCE]["command"], {}, log)
    assert process.wait(60) == 0, log.read_text()
    assert "exists; nothing to train" in log.read_text()


def test_what_an_image_does_not_install_cannot_be_imported(
    runtime: RuntimePaths, tmp_path: Path
) -> None:
    image = _image("dashboard", runtime, tmp_path)
    assert image.runs(["python", "-c", "import streamlit, dashboard.navigation"])
    assert not image.runs(["python", "-c", "import flask"])
    assert not image.runs(["python", "-c", "import training"])


def _image(name: str, runtime: RuntimePaths, folder: Path) -> Image:
    image = Image.built(REPOSITORY / SERVICES[name]["build"]["dockerfile"], folder / "image")
    if "volumes" in SERVICES[name]:
        (image.folder / "runtime").symlink_to(runtime.root)
    return image


def _settings(service: dict[str, Any], ports: dict[str, str]) -> dict[str, str]:
    """Return the container's environment, with other ports and this machine in place of other containers."""
    own = {
        name: interpolated(value, VARIABLES)
        for name, value in service.get("environment", {}).items()
    }
    own = {
        name: _with(value, ports | {"//mlops-api:": "//127.0.0.1:"}) for name, value in own.items()
    }
    return own | {variable: ports[port] for port, variable in PORTS.items()}


def _moved(words: list[str], changes: dict[str, str]) -> list[str]:
    return [_with(word, changes) for word in words]


def _with(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def _works(name: str, runtime: RuntimePaths, process: int) -> bool:
    """Whether a process without a port has begun its work: it has taken its lock."""
    locks = {
        LOG_WRITER: runtime.log_writer_lock,
        WORKER: runtime.worker_lock,
        MONITOR: runtime.monitor_lock,
    }
    lock = locks.get(name)
    return lock is None or (lock.exists() and lock.read_text().startswith(f"process {process} on "))
