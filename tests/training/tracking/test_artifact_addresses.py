"""A trained runtime folder that was really moved: MLflow finds its runs, artifacts and the champion again."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from mlflow import MlflowClient

from storage.domain.subject import MODEL_NAME
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.settings import changed
from training.tracking.artifact_addresses import ADDRESSES, follow_runtime_folder
from training.tracking.quiet_mlflow import load_model_formats, mlflow
from training.tracking.registry import CHAMPION
from training.tracking.store import connect


@pytest.fixture
def moved(trained_runtime: Path, tmp_path: Path) -> Settings:
    """A trained runtime folder that nobody has opened since its move; the place before it is gone."""
    before, after = Settings(runtime_directory=tmp_path / "a"), tmp_path / "b c%ü"
    shutil.copytree(trained_runtime, before.paths.root)
    follow_runtime_folder(before)
    shutil.move(before.paths.root, after)
    return Settings(runtime_directory=after)


def _addresses(settings: Settings) -> list[str]:
    engine = sa.create_engine(settings.tracking_uri)
    with engine.connect() as connection:
        found = [
            str(address)
            for table in ADDRESSES
            for address in connection.scalars(sa.select(*table.columns))
        ]
    engine.dispose()
    return [each for each in found if MODEL_NAME in each]


def test_the_champion_loads_and_its_artifacts_show(
    moved: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client = connect(moved)
    ours = moved.paths.mlflow_artifacts.as_uri() + "/"
    addresses = _addresses(moved)
    assert addresses
    assert all(each.startswith(ours) for each in addresses)
    [said] = [each.getMessage() for each in caplog.records]
    assert said == (
        f"The runtime folder was moved: {len(addresses)} addresses of artifacts in MLflow's store were "
        f"changed to {moved.paths.mlflow_artifacts}."
    )
    champion = client.get_model_version_by_alias(MODEL_NAME, CHAMPION)
    assert {each.path for each in client.list_artifacts(str(champion.run_id))} == {
        "model_card.md",
        "plots",
    }
    load_model_formats()
    model = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}@{CHAMPION}")
    store = ModelStore(moved.paths)
    rows = model.input_example
    served = store.load(store.champion().version).predict(rows)
    assert model.predict(rows) == pytest.approx(served)


def test_nothing_is_changed_twice_or_in_a_store_that_a_setting_names(
    moved: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    named = changed(moved, mlflow_tracking_uri=moved.tracking_uri)
    before = _addresses(moved)
    follow_runtime_folder(named)
    assert _addresses(moved) == before
    follow_runtime_folder(moved)
    follow_runtime_folder(moved)
    assert len(caplog.records) == 1


def test_experiments_of_others_keep_their_places(moved: Settings, tmp_path: Path) -> None:
    client = MlflowClient(moved.tracking_uri)
    place = (tmp_path / "mlartifacts" / "other").as_uri()
    number = client.create_experiment("other", place)
    follow_runtime_folder(moved)
    assert client.get_experiment(number).artifact_location == place


def test_artifacts_that_stayed_behind_keep_their_addresses(
    trained_runtime: Path, tmp_path: Path
) -> None:
    copy = Settings(runtime_directory=tmp_path / "copy")
    shutil.copytree(trained_runtime / "mlruns", copy.paths.mlflow_store.parent)
    before = _addresses(copy)
    follow_runtime_folder(copy)
    assert _addresses(copy) == before
