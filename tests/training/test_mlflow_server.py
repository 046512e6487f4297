"""A real MLflow server over runs that were recorded in the store directly."""

import io
import runpy
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import mlflow
import pytest
import requests
from mlflow import MlflowClient
from mlflow import environment_variables as mlflow_variables

from storage.domain.subject import MODEL_NAME
from storage.settings import Settings
from tests.settings import changed
from tests.system import Program, running, wait_for
from tests.training.conftest import SilentSteps, named_candidates
from training.dataset.table import HousingTable
from training.mlflow_server import server_environment
from training.train import Training


@dataclass(frozen=True)
class Server:
    address: str
    process: Program
    log: Path

    def get(self, route: str, /, **parameters: str) -> requests.Response:
        return requests.get(f"{self.address}{route}", params=parameters, timeout=20)

    def runs(self) -> list[dict[str, Any]]:
        found = self.get("/api/2.0/mlflow/experiments/get-by-name", experiment_name=MODEL_NAME)
        experiment_id = found.json()["experiment"]["experiment_id"]
        answer = requests.post(
            f"{self.address}/api/2.0/mlflow/runs/search",
            json={"experiment_ids": [experiment_id]},
            timeout=20,
        )
        return list(answer.json()["runs"])


def is_up(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=2).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


def start(runtime: Path, log: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    with running(
        "training.mlflow_server",
        log,
        HOUSING_RUNTIME_DIRECTORY=str(runtime),
        HOUSING_MLFLOW_PORT=port,
    ) as process:
        wait_for(lambda: is_up(address), what="the MLflow server")
        yield Server(address, process, log)


@pytest.fixture(scope="module")
def server(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from start(trained_runtime, tmp_path_factory.mktemp("logs") / "mlflow.log")


def test_it_shows_the_runs_of_a_training(server: Server) -> None:
    runs = server.runs()
    by_name = {run["info"]["run_name"].split()[0]: run for run in runs}
    assert set(by_name) == {"training", "linear_regression", "hist_gradient_boosting"}
    data = by_name["hist_gradient_boosting"]["data"]
    metrics = {metric["key"]: metric["value"] for metric in data["metrics"]}
    assert 0 < metrics["validation_rmse"] < 1


def test_it_hands_out_the_plots(server: Server) -> None:
    run_id = server.runs()[0]["info"]["run_id"]
    image = server.get("/get-artifact", run_id=run_id, path="plots/residuals.png")
    assert image.status_code == 200
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")


def test_it_hands_out_the_model(server: Server) -> None:
    (output,) = server.runs()[0]["outputs"]["model_outputs"]
    files = f"/ajax-api/2.0/mlflow/logged-models/{output['model_id']}/artifacts/files"
    described = server.get(files, artifact_file_path="MLmodel")
    assert described.status_code == 200
    assert "signature" in described.text
    stored = server.get(files, artifact_file_path="model.pkl")
    model = joblib.load(io.BytesIO(stored.content))
    assert model.predict([[8.3, 41, 6.9, 1.0, 322, 2.5, 37.88, -122.23]]).shape == (1,)


def test_its_pages_come_from_itself_and_only_for_known_hosts(server: Server) -> None:
    page = server.get("/")
    assert page.status_code == 200
    assert "MLflow" in page.text
    stranger = requests.get(server.address, headers={"Host": "evil.example"}, timeout=20)
    assert stranger.status_code == 403


def test_it_reports_nothing_to_anybody(server: Server) -> None:
    answer = server.get("/ajax-api/3.0/mlflow/ui-telemetry").json()
    assert answer["disable_ui_telemetry"] is True


def test_a_training_far_from_the_folder_records_through_it_and_it_stops_at_once(
    tmp_path: Path, small_table: HousingTable
) -> None:
    for own in start(tmp_path / "server", tmp_path / "mlflow.log"):
        far = changed(Settings(runtime_directory=tmp_path / "far"), mlflow_tracking_uri=own.address)
        candidates = named_candidates("linear_regression")
        trained = Training(far, small_table, candidates, SilentSteps()).run()
        run_id = str(trained.manifest.mlflow_run_id)
        assert len(MlflowClient(own.address).list_artifacts(run_id, "plots")) == 2
        assert not far.paths.mlflow_artifacts.exists()
        assert list((tmp_path / "server" / "mlartifacts").rglob("residuals.png"))
        own.process.send_signal(signal.SIGTERM)
        own.process.wait(5)
        assert own.log.read_text() == ""


def test_beyond_the_loopback_address_it_needs_a_password(tmp_path: Path) -> None:
    with running(
        "training.mlflow_server",
        tmp_path / "mlflow.log",
        HOUSING_RUNTIME_DIRECTORY=str(tmp_path / "runtime"),
        HOUSING_MLFLOW_HOST="192.0.2.1",
    ) as process:
        assert process.wait(30) == 1
    (sentence,) = (tmp_path / "mlflow.log").read_text().splitlines()
    assert sentence.startswith("HOUSING_MLFLOW_HOST=192.0.2.1 lets others connect")
    assert "set HOUSING_MLFLOW_PASSWORD, or bind" in sentence


def test_the_variables_are_those_that_mlflow_reads(settings: Settings) -> None:
    # Run as a file: importing MLflow's server package would start half of the server.
    names = runpy.run_path(str(Path(mlflow.__file__).parent / "server" / "constants.py"))
    known = {
        names["BACKEND_STORE_URI_ENV_VAR"],
        names["REGISTRY_STORE_URI_ENV_VAR"],
        names["SERVE_ARTIFACTS_ENV_VAR"],
        names["ARTIFACT_ROOT_ENV_VAR"],
        names["ARTIFACTS_DESTINATION_ENV_VAR"],
        mlflow_variables._MLFLOW_SGI_NAME.name,
        mlflow_variables.MLFLOW_SERVER_ALLOWED_HOSTS.name,
        mlflow_variables.MLFLOW_SERVER_ENABLE_JOB_EXECUTION.name,
    }
    assert set(server_environment(settings)) == known
