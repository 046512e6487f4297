"""The champion as MLflow gives it to others: the same numbers, by alias, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd  # type: ignore[import-untyped] # ships no types
import pytest
import requests

from backend.app import create_app
from storage.domain.inputs import FEATURE_NAMES
from storage.domain.subject import MODEL_NAME
from storage.models.store import MODEL
from storage.schema.arrays import FloatArray
from tests.small_worker import with_few_trees
from tests.system import REPOSITORY, clean_environment, free_port, running, wait_for
from tests.tracking_store import settings_with_store
from tests.training.conftest import named_candidates
from tests.training.tracking.registered import Registered
from tests.training.tracking.scoring_bodies import REFUSED_BY_US, bodies
from tests.versions import overwrite, spoil
from training.dataset.table import HousingTable
from training.mlflow_export.__main__ import main as export
from training.tracking.registry import CHAMPION

pytestmark = pytest.mark.xdist_group("registry")  # one process has the champion

CHAMPION_URI = f"models:/{MODEL_NAME}@{CHAMPION}"
LARGEST_DIFFERENCE = 1e-9
SERVED_ROWS = 500
SERVE_SECONDS = 150.0
COMPARED = 200
PROGRAM = """
import sys
import numpy
import pandas
import mlflow

model = mlflow.pyfunc.load_model(sys.argv[1])
inputs = pandas.read_parquet(sys.argv[2])
numpy.save(sys.argv[3], model.predict(inputs))
assert sys.modules["training"].__file__ not in sys.argv[4:], "it took the code of the repository"
"""


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
    small_table: HousingTable,
    empty_tracking_store: Path,
) -> Registered:
    """A registered champion of the kind that is served, neighbours and all."""
    settings = settings_with_store(
        tmp_path_factory.mktemp("registry") / "runtime", empty_tracking_store
    )
    registered = Registered(settings, small_table)
    (candidate,) = named_candidates("neighbour_boosting")
    registered.promote(registered.train_candidate(with_few_trees(candidate)))
    return registered


def answers_of(registered: Registered, inputs: FloatArray) -> FloatArray:
    """Return what the service's pipeline answers."""
    store = registered.store
    answers: FloatArray = store.load(store.champion().version).predict(inputs)
    return answers


def named(inputs: FloatArray) -> pd.DataFrame:
    return pd.DataFrame(inputs, columns=list(FEATURE_NAMES))


def largest_difference(one: FloatArray, two: FloatArray) -> float:
    assert one.shape == two.shape
    return float(np.max(np.abs(one - two)))


def test_an_export_answers_alike_and_is_made_of_checked_files_only(
    served: Registered,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(served.settings.paths.root))
    folder, version = tmp_path / "model", served.store.champion().version
    assert export([str(folder)]) == 0
    inputs = served.table.inputs[:SERVED_ROWS]
    answered = mlflow.pyfunc.load_model(str(folder)).predict(named(inputs))
    assert largest_difference(answered, answers_of(served, inputs)) < LARGEST_DIFFERENCE
    assert export([str(folder)]) == 1
    model = served.store.folder(version) / MODEL
    whole = model.read_bytes()
    spoil(model)
    assert export([str(tmp_path / "spoiled")]) == 1
    overwrite(model, whole)
    assert not (tmp_path / "spoiled").exists()
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"{folder} exists; name a folder that does not."
    assert "does not match the checksum" in said[1]


def test_another_process_loads_the_champion_by_its_alias(
    served: Registered, embedded: HousingTable, tmp_path: Path
) -> None:
    """From an empty folder, with nothing on the path, and its columns the other way round."""
    inputs, answers = tmp_path / "inputs.parquet", tmp_path / "answers.npy"
    named(embedded.inputs)[list(FEATURE_NAMES)[::-1]].to_parquet(inputs)
    empty, ours = tmp_path / "empty", str(REPOSITORY / "training" / "__init__.py")
    empty.mkdir()
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, CHAMPION_URI, str(inputs), str(answers), ours],
        cwd=empty,
        env=clean_environment() | served.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    expected = answers_of(served, embedded.inputs)
    assert largest_difference(np.load(answers), expected) <= LARGEST_DIFFERENCE


@pytest.fixture(scope="module")
def mlflow_serve(served: Registered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of `mlflow models serve` with the champion."""
    log, port = tmp_path_factory.mktemp("serve") / "serve.log", free_port()
    address = f"http://127.0.0.1:{port}"
    arguments = ("models", "serve", "-m", CHAMPION_URI, "--env-manager", "local", "-p", str(port))
    with running("mlflow", log, *arguments, **served.environment()) as process:
        wait_for(
            lambda: answers_ping(address) or process.poll(),
            seconds=SERVE_SECONDS,
            what="mlflow models serve",
        )
        assert process.poll() is None, log.read_text()
        yield address


def test_mlflow_serves_the_champion_by_its_alias(
    served: Registered, embedded: HousingTable, mlflow_serve: str
) -> None:
    inputs = embedded.inputs[:SERVED_ROWS]
    body = {"dataframe_split": {"columns": FEATURE_NAMES, "data": inputs.tolist()}}
    response = requests.post(f"{mlflow_serve}/invocations", json=body, timeout=60)
    assert response.status_code == 200, response.text
    predicted = np.array(response.json()["predictions"])
    assert largest_difference(predicted, answers_of(served, inputs)) <= LARGEST_DIFFERENCE


def test_the_service_scores_as_mlflow_does(
    served: Registered, embedded: HousingTable, mlflow_serve: str
) -> None:
    """Over 200 bodies, good and bad: the same predictions, or both refuse, but for what is listed."""
    ours = create_app(served.settings).test_client()
    differing: set[str] = set()
    for sent in bodies(embedded.inputs, seed=0, number=COMPARED):
        kind = {"Content-Type": sent.kind}
        theirs = requests.post(
            f"{mlflow_serve}/invocations", data=sent.content, headers=kind, timeout=60
        )
        own = ours.post("/invocations", data=sent.content, headers={**kind, "Host": "localhost"})
        assert own.status_code < 500, (sent, own.text)
        if own.status_code == theirs.status_code == 200:
            assert own.get_json() == theirs.json(), sent
        elif 200 in (own.status_code, theirs.status_code):
            assert own.status_code != 200, sent
            differing.add(sent.change)
        else:
            assert own.status_code == theirs.status_code, (sent, theirs.text)
    assert differing == REFUSED_BY_US
    for path in ("/ping", "/health", "/version"):
        assert (
            ours.get(path).status_code == requests.get(mlflow_serve + path, timeout=60).status_code
        )
    assert ours.get("/version").text == requests.get(f"{mlflow_serve}/version", timeout=60).text


def answers_ping(address: str) -> bool:
    try:
        return requests.get(f"{address}/ping", timeout=2).ok
    except requests.ConnectionError:
        return False
