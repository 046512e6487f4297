"""Commands in surroundings that are broken or unusual: one sentence, or it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.client import HousingClient, ServiceRefused
from backend.contract.predictions import HousingFeatures
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.backend.live_service import is_healthy, process_settings
from tests.faults.system_under_test import OBEYING_MODES
from tests.recording_proxy import recording_proxy
from tests.settings import changed
from tests.system import REPOSITORY, clean_environment, copied_runtime, free_port, running, wait_for

pytestmark = pytest.mark.xdist_group("faults")

COMMANDS = {
    "backend": (),
    "backend.launcher": (),
    "dashboard": (),
    "storage.audit": ("verify",),
    "storage.spool": ("reingest",),
    "training.mlflow_server": (),
}
"""Those that import little before they look around; tests/architecture/test_commands.py has them all."""
WRITING = ("backend.launcher", "storage.spool")
ODD = "100%2F a?b#c ü"
LATIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def _run(
    module: str,
    folder: Path,
    environment: dict[str, str],
    prefix: tuple[str, ...] = (),
    arguments: tuple[str, ...] | None = None,
) -> subprocess.CompletedProcess[str]:
    arguments = COMMANDS[module] if arguments is None else arguments
    return subprocess.run(
        [*prefix, sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=clean_environment(PYTHONPATH=str(REPOSITORY)) | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def _assert_one_sentence(result: subprocess.CompletedProcess[str], *said: str) -> None:
    assert result.returncode == 1
    [sentence] = (result.stdout + result.stderr).splitlines()
    assert all(each in sentence for each in said), sentence


@pytest.mark.parametrize("module", COMMANDS)
def test_a_file_in_the_place_of_the_runtime_folder(module: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = _run(module, tmp_path, {"HOUSING_RUNTIME_DIRECTORY": "file"})
    _assert_one_sentence(result, f"{tmp_path / 'file'} cannot be used (it is not a folder)")


@pytest.mark.parametrize("module", WRITING)
@pytest.mark.parametrize("sealed", ["", "runtime", "runtime/spool"])
def test_a_runtime_folder_that_must_not_be_written(
    module: str, sealed: str, tmp_path: Path
) -> None:
    folder = tmp_path / sealed
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o555)
    prefix = OBEYING_MODES if os.geteuid() == 0 else ()
    try:
        result = _run(module, REPOSITORY, _runtime(tmp_path / "runtime"), prefix)
    finally:
        folder.chmod(0o755)
    _assert_one_sentence(result, str(folder), "HOUSING_RUNTIME_DIRECTORY")


def test_an_env_file_in_utf_16(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOUSING_REQUIRE_KEY=true\n", encoding="utf-16")
    _assert_one_sentence(_run("backend", tmp_path, {}), ".env is not UTF-8 text")


def test_a_mistyped_security_setting_in_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOUSING_REQIRE_KEY=true\n")
    said = "There is no setting HOUSING_REQIRE_KEY; did you mean HOUSING_REQUIRE_KEY?"
    _assert_one_sentence(_run("backend", tmp_path, {}), said)


def test_half_written_keys_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "keys.env").write_text("HOUSING_VIEWER_KEY=a\nHOUSING_OPER")
    ports = {
        f"HOUSING_{each}_PORT": str(free_port()) for each in ("BACKEND", "DASHBOARD", "MLFLOW")
    }
    result = _run("backend.launcher", tmp_path, _runtime(tmp_path) | ports)
    _assert_one_sentence(result, f"{tmp_path / 'keys.env'}")


@pytest.mark.parametrize("module", ["backend", "dashboard", "training.mlflow_server"])
def test_a_host_that_does_not_resolve(module: str, tmp_path: Path) -> None:
    hosts = {
        f"HOUSING_{each}_HOST": "no.such.host.invalid"
        for each in ("BACKEND", "DASHBOARD", "MLFLOW")
    }
    secrets = {"HOUSING_ADMIN_KEY": "k" * 40, "HOUSING_MLFLOW_PASSWORD": "p" * 40}
    result = _run(module, tmp_path, _runtime(tmp_path) | hosts | secrets)
    _assert_one_sentence(result, "The host name no.such.host.invalid cannot be resolved")


@pytest.mark.parametrize("locale", [LATIN, ASCII])
def test_output_that_cannot_show_every_letter(locale: dict[str, str], tmp_path: Path) -> None:
    result = _run("storage.spool", tmp_path, _runtime(tmp_path / ODD) | locale)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / ODD).is_dir()
    assert [each.name for each in tmp_path.iterdir()] == [ODD]


def test_an_odd_path_another_locale_ipv6_and_a_proxy_at_once(
    trained_runtime: Path, tmp_path: Path
) -> None:
    runtime = copied_runtime(trained_runtime, tmp_path / ODD)
    settings = changed(
        Settings(runtime_directory=runtime), backend_host="::1", backend_port=free_port()
    )
    assert settings.addresses.backend_url.startswith("http://[::1]:")
    with recording_proxy() as proxy:
        told = (
            process_settings(settings)
            | {"HOUSING_BACKEND_HOST": "::1", "HOUSING_BACKEND_WORKERS": "1"}
            | ASCII
            | proxy.environment
        )
        with (
            running("backend", tmp_path / "logs" / "api.log", **told),
            running("storage.log_writer", tmp_path / "logs" / "log-writer.log", **told),
            HousingClient(settings.addresses.backend_url, told["HOUSING_ADMIN_KEY"]) as client,
        ):
            wait_for(lambda: is_healthy(client), 120, "a healthy service")
            answer = client.predict(HousingFeatures(**EXAMPLE))
            wait_for(lambda: _is_recorded(client, answer.prediction_id), 60, "its record")
            monitor = _run("backend.monitor", tmp_path, told, arguments=("--once",))
            assert monitor.returncode == 0, monitor.stderr
    assert proxy.asked == []
    assert settings.paths.database.exists()
    assert {each.name for each in tmp_path.iterdir()} == {ODD, "logs"}


def _is_recorded(client: HousingClient, prediction_id: str) -> bool:
    try:
        return client.prediction(prediction_id).prediction.prediction_id == prediction_id
    except ServiceRefused:
        return False


def _runtime(folder: Path) -> dict[str, str]:
    return {"HOUSING_RUNTIME_DIRECTORY": str(folder)}
