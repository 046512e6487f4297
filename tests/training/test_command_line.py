"""``python -m training`` as a person meets it: a real process, its output and its exit code."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from storage.audit.trail import AuditTrail
from storage.domain.subject import MODEL_NAME
from storage.models.store import MODEL_CARD, ModelStore
from storage.models.way_back import WayBack
from storage.paths import RuntimePaths
from storage.schema.arrays import FloatArray
from storage.settings import Settings
from tests.system import REPOSITORY, clean_environment
from tests.tracking_store import copy_store, settings_with_store
from tests.versions import overwrite, publish_unloadable
from training.__main__ import main
from training.dataset.table import COLUMN_NAMES, HousingTable
from training.tracking.registry import CHAMPION, VERSION_TAG

DAMAGED = b"not a model"
BUSY_MACHINE = ("HOUSING_PROMOTION_LATENCY_BUDGET_MICROSECONDS", "1000000")
"""A straight line answers through scikit-learn, in half of the budget: tests share the processors."""


def training(
    runtime: Path, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "training", *arguments],
        cwd=REPOSITORY,
        env=clean_environment(HOUSING_RUNTIME_DIRECTORY=str(runtime)) | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_the_champion_is_the_better_one_and_has_all_its_files(trained_runtime: Path) -> None:
    paths = RuntimePaths(trained_runtime)
    champion = ModelStore(paths).champion()
    assert champion.model_name == "hist_gradient_boosting"
    assert champion.metrics["test_rmse"] < 0.47
    assert champion.metrics["test_r2_score"] > 0.83
    followers = (paths.best_model, paths.best_model_metrics, paths.scaler, paths.training_inputs)
    assert all(path.stat().st_size > 0 for path in followers)
    assert paths.database.exists()
    assert paths.mlflow_store.exists()


def test_the_registry_names_the_champion(trained_runtime: Path) -> None:
    settings = Settings(runtime_directory=trained_runtime)
    client = MlflowClient(settings.tracking_uri, settings.tracking_uri)
    found = client.get_model_version_by_alias(MODEL_NAME, CHAMPION)
    assert found.tags[VERSION_TAG] == ModelStore(settings.paths).champion().version


def test_if_missing_leaves_a_champion_alone(
    runtime_with_champion: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(runtime_with_champion))
    assert main(("--if-missing",)) == 0
    assert "nothing to train" in capsys.readouterr().out
    assert not (runtime_with_champion / "mlruns").exists()


def test_a_first_start_that_has_to_compile_says_so_before_it_does(
    runtime_with_champion: Path, tmp_path: Path
) -> None:
    nothing = {"NUMBA_CACHE_DIR": str(tmp_path / "nothing compiled")}
    told = clean_environment(HOUSING_RUNTIME_DIRECTORY=str(runtime_with_champion)) | nothing
    command = [sys.executable, "-m", "training", "--if-missing"]
    with subprocess.Popen(command, cwd=REPOSITORY, env=told, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.readline().decode()
        process.kill()
    assert said.startswith("Machine code is compiled for this machine, once")


def test_if_missing_replaces_a_damaged_champion_and_shows_how(
    runtime_with_champion: Path, empty_tracking_store: Path
) -> None:
    copy_store(empty_tracking_store, RuntimePaths(runtime_with_champion))
    store = ModelStore(RuntimePaths(runtime_with_champion))
    damaged = store.champion().version
    overwrite(store.folder(damaged) / "model.pkl", DAMAGED)
    result = training(
        runtime_with_champion,
        "--if-missing",
        "--candidates",
        "linear_regression",
        PYTHONWARNINGS="default::UserWarning,default::FutureWarning",
        **dict([BUSY_MACHINE]),
    )
    assert result.returncode == 0
    complaint = "does not match the checksum in its manifest and was not loaded. Training again.\n"
    assert result.stderr.endswith(complaint)
    assert result.stderr.count("\n") == 1
    assert store.champion().version != damaged
    assert store.champion().version in result.stdout
    check_report(result.stdout)


def test_if_missing_goes_back_to_the_newest_that_loads(
    runtime_with_champion: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(runtime_with_champion))
    store = ModelStore(RuntimePaths(runtime_with_champion))
    first = store.champion().version
    for version in ("second", "third"):
        publish_unloadable(store, first, version)
        store.set_champion(version)
    assert main(("--if-missing",)) == 0
    complaint = capsys.readouterr().err.strip().splitlines()[-1]
    assert complaint.startswith("Version third cannot be loaded by release")
    assert complaint.endswith(f"Rolled back to version {first}, which loads.")
    assert store.way_back() == WayBack(first, ("second",), frozenset({"third"}))
    (entry,) = AuditTrail(RuntimePaths(runtime_with_champion)).newest(10)
    assert (entry.action, entry.subject, entry.figures) == (
        "rollback",
        first,
        {"previous": "third"},
    )
    assert main(("--if-missing",)) == 0
    assert "nothing to train" in capsys.readouterr().out


def test_training_again_takes_the_table_of_the_champion(
    tmp_path: Path,
    empty_tracking_store: Path,
    small_table: HousingTable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its file is gone by then; so does a training because the champion cannot be loaded."""
    settings = settings_with_store(tmp_path / "runtime", empty_tracking_store)
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(settings.runtime_directory))
    monkeypatch.setenv(*BUSY_MACHINE)
    store, own = ModelStore(settings.paths), tmp_path / "mine.csv"
    np.savetxt(own, small_table.values, "%.17g", ",", header=",".join(COLUMN_NAMES), comments="")
    quick = ("--candidates", "linear_regression")
    assert main(("--csv", str(own), *quick)) == 0
    own.unlink()
    assert main(quick) == 0
    overwrite(store.folder(store.champion().version) / "model.pkl", DAMAGED)
    overwrite(store.folder(store.way_back().earlier[0]) / "model.pkl", DAMAGED)
    assert main(("--if-missing", *quick)) == 0
    known = f"Table: mine.csv, 600 rows, SHA-256 {small_table.sha256[:12]}, as the champion's."
    assert capsys.readouterr().out.count(known) == 2
    learned = {(one.dataset_sha256, str(one.table)) for one in store.versions()}
    assert learned == {(small_table.sha256, "source='file' name='mine.csv' rows=600")}
    assert len(store.versions()) == 3


def test_what_does_not_pass_the_checks_is_champion_only_if_a_person_insists(
    tmp_path: Path,
    empty_tracking_store: Path,
    small_table: HousingTable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_with_store(tmp_path / "runtime", empty_tracking_store)
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(settings.runtime_directory))
    monkeypatch.setenv("HOUSING_PROMOTION_LATENCY_BUDGET_MICROSECONDS", "1")
    store, own = ModelStore(settings.paths), tmp_path / "mine.csv"
    np.savetxt(own, small_table.values, "%.17g", ",", header=",".join(COLUMN_NAMES), comments="")
    arguments = ("--csv", str(own), "--candidates", "linear_regression")
    assert main(arguments) == 1
    (refused,) = store.versions()
    assert [check.name for check in refused.checks if not check.passed] == ["latency"]
    assert len(refused.checks) == 7
    said = capsys.readouterr().err
    assert said.startswith(
        f"Version {refused.version} is not the champion, as it did not pass: latency"
    )
    assert "us; the budget is 1 us). There is no champion. To make it the champion all the" in said
    assert store.way_back().champion is None
    assert "| latency | **not passed** |" in store.read(refused.version, MODEL_CARD).decode()
    assert main((*arguments, "--despite-checks")) == 0
    assert "although it did not pass: latency (one prediction takes" in capsys.readouterr().err
    (entry,) = AuditTrail(settings.paths).newest(10)
    assert entry.reason is not None
    assert "It did not pass: latency" in entry.reason
    assert main(arguments) == 1
    assert f"The champion stays {entry.subject}." in capsys.readouterr().err


def own_table(
    values: FloatArray,
    tmp_path: Path,
    empty_tracking_store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[ModelStore, tuple[str, ...]]:
    """Write a table; return the store of an empty runtime folder, and how to train on it quickly."""
    settings = settings_with_store(tmp_path / "runtime", empty_tracking_store)
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(settings.runtime_directory))
    monkeypatch.setenv(*BUSY_MACHINE)
    own = tmp_path / "mine.csv"
    np.savetxt(own, values, "%.17g", ",", header=",".join(COLUMN_NAMES), comments="")
    return ModelStore(settings.paths), ("--csv", str(own), "--candidates", "linear_regression")


def test_a_constant_input_is_said_on_the_console_and_kept_with_the_version(
    tmp_path: Path,
    empty_tracking_store: Path,
    small_table: HousingTable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = small_table.values.copy()
    values[:, COLUMN_NAMES.index("HouseAge")] = 30.0
    store, arguments = own_table(values, tmp_path, empty_tracking_store, monkeypatch)
    assert main(arguments) == 0
    said = (
        "HouseAge is 30 in all 600 rows: nothing is learned from it, and answers for other values are "
        "guesses."
    )
    assert said in " ".join(capsys.readouterr().out.split())
    champion = store.champion()
    assert champion.doubts == [said]
    assert f"- {said}" in store.read(champion.version, MODEL_CARD).decode()


def test_a_model_that_is_no_better_than_the_mean_does_not_become_champion(
    tmp_path: Path,
    empty_tracking_store: Path,
    small_table: HousingTable,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = small_table.values.copy()
    values[:, -1] = np.random.default_rng(0).permutation(values[:, -1])
    store, arguments = own_table(values, tmp_path, empty_tracking_store, monkeypatch)
    assert main(arguments) == 1
    complaint = capsys.readouterr().err
    assert "as it did not pass: better than the mean (not proven better than always" in complaint
    assert store.champion_pointer() is None
    assert main((*arguments, "--despite-checks")) == 0


def check_report(report: str) -> None:
    assert "1/8 Fitting linear regression" in report
    assert "RMSE and MAE in 100,000 USD" in report
    assert "Rows: train 13,212, validation 3,300, test 4,128." in report
    (row,) = [line for line in report.splitlines() if line.strip().endswith("won")]
    assert row.split()[:3] == ["Linear", "regression", "0.7150"]


@pytest.mark.parametrize(
    ("arguments", "in_the_way", "code", "message"),
    [
        (("--csv", "absent.csv"), "note", 2, "absent.csv does not exist."),
        (("--candidates", "oracle"), "note", 2, "There is no candidate oracle; choose from"),
        (("--candidates", "linear_regression"), "models", 1, "Training stopped: "),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: tuple[str, ...],
    in_the_way: str,
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / in_the_way).write_text("a file, and no folder")
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(tmp_path))
    assert main(arguments) == code
    complaint = capsys.readouterr().err
    assert complaint.startswith(message)
    assert complaint.count("\n") == 1


def test_a_wrong_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_RANDOM_SEED", "many")
    with pytest.raises(SystemExit, match="The setting HOUSING_RANDOM_SEED is wrong"):
        main(())
