"""From a person's file to a retraining: words, whole numbers, gaps and negative targets all the way."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.paths import RuntimePaths
from tests.dashboard.conftest import OPERATOR_KEY
from tests.system import finished, free_port, said_by
from tests.tables.orchard import CATEGORIES, TARGET, write_orchard
from tests.tracking_store import copy_store, empty_store

pytestmark = [pytest.mark.xdist_group("tables"), pytest.mark.timeout(600)]

INPUTS = {"variety", "rootstock", "age", "water", "pruned"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The drafted definition, and the settings with which it is trained and served."""
    root = tmp_path_factory.mktemp("orchard")
    file, folder, port = write_orchard(root / "trees.csv"), root / "table", str(free_port())
    said_by("-m", "training.describe", str(file), "--target", TARGET, "-o", str(folder))
    copy_store(empty_store(tmp_path_factory), RuntimePaths(root / "runtime"))
    settings = {
        "HOUSING_TABLE": str(folder),
        "HOUSING_RUNTIME_DIRECTORY": str(root / "runtime"),
        "HOUSING_BACKEND_PORT": port,
        "HOUSING_BACKEND_URL": f"http://127.0.0.1:{port}",
        "HOUSING_OPERATOR_KEY": OPERATOR_KEY,
    }
    candidates = "linear_regression,hist_gradient_boosting"
    said_by("-m", "training", "--candidates", candidates, **settings)
    return root, settings


@pytest.fixture(scope="module")
def answered(folders: tuple[Path, dict[str, str]]) -> dict[str, Any]:
    """What the service answered."""
    root, settings = folders
    said_by("-m", "tests.tables.service_walk", str(root / "answers.json"), **settings)
    found: dict[str, Any] = json.loads((root / "answers.json").read_text(encoding="utf-8"))
    return found


def test_a_row_with_gaps_is_answered_and_recorded_as_it_was_sent(answered: dict[str, Any]) -> None:
    answer = answered["predict"]
    assert answer["input"]["rootstock"] is None
    assert answer["input"]["pruned"] is None
    assert answer["input"]["variety"] in CATEGORIES["variety"]
    assert answer["interval"]["lower"] <= answer["prediction"] <= answer["interval"]["upper"]
    assert answered["logged"]["prediction"]["input"] == answer["input"]


def test_every_endpoint_is_as_the_contract_says(answered: dict[str, Any]) -> None:
    assert answered["off"] == []


def test_contributions_of_words_and_gaps_add_up(answered: dict[str, Any]) -> None:
    answer = answered["predict"]
    contributions = answer["contributions"]
    assert contributions["values"].keys() == INPUTS
    total = contributions["base_value"] + sum(contributions["values"].values())
    assert total == pytest.approx(answer["prediction"], abs=1e-9)
    assert contributions["values"]["pruned"] < -1  # a gap there costs four


def test_a_category_has_an_answer_for_each_of_its_words(answered: dict[str, Any]) -> None:
    curves = {curve["feature"]: curve for curve in answered["sensitivity"]["curves"]}
    variety = curves["variety"]
    assert variety["categories"] == list(CATEGORIES["variety"])
    worst, *_, best = sorted(range(4), key=variety["predictions"].__getitem__)
    assert (variety["categories"][worst], variety["categories"][best]) == ("Boskop", "Topaz")
    assert all(value == int(value) for value in curves["age"]["values"])


def test_the_nearest_rows_are_near_in_all_inputs(answered: dict[str, Any]) -> None:
    found = answered["nearest"]["districts"]
    assert [one["distance_km"] for one in found] == [None] * 3
    assert [one["distance"] for one in found] == sorted(one["distance"] for one in found)
    assert found[0]["input"]["pruned"] is None


def test_a_word_that_training_never_had_is_drift(answered: dict[str, Any]) -> None:
    analysis = answered["drift"]["drift_analysis"]
    assert analysis["drifted_features"] == ["variety"]
    assert analysis["drift_scores"]["variety"]["out_of_range_share"] == 1.0
    assert analysis["severity"] == "high"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("variety Jonagold", "'Boskop', 'Elstar', 'Gala' or 'Topaz'"),
        ("age 3.5", "multiple of 1"),
        ("water None", "valid number"),
        ("age old", "valid number"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(
    answered: dict[str, Any], sent: str, said: str
) -> None:
    assert said in answered["refused"][sent]


def test_intervals_hold_negative_values_too(answered: dict[str, Any]) -> None:
    assert answered["inside"] >= 0.85
    assert answered["performance"]["labels"]["labelled"] == 400


def test_a_retraining_learns_from_the_same_table(answered: dict[str, Any]) -> None:
    retraining = answered["retraining"]
    assert retraining["state"]["state"] == "done", str(retraining["state"])
    assert retraining["versions"] == 2
    assert len(retraining["tables"]) == 1


def test_files_are_scored_row_by_row(folders: tuple[Path, dict[str, str]]) -> None:
    root, settings = folders
    lines = (root / "trees.csv").read_text(encoding="utf-8").splitlines()
    wrong = [lines[1].replace(lines[1].split(",")[0], "Jonagold", 1), lines[2]]
    file = root / "some.csv"
    file.write_text("\n".join([lines[0], *lines[1:30], *wrong]) + "\n", encoding="utf-8")
    said_by("-m", "backend.score", str(file), "-o", str(root / "scored.csv"), **settings)
    scored = (root / "scored.csv").read_text(encoding="utf-8").splitlines()
    assert len(scored) == 1 + 29 + 1
    problems = (root / "scored.csv.problems.csv").read_text(encoding="utf-8")
    assert '31,variety,"None of the known values: Boskop, Elstar, Gala, Topaz",Jonagold' in problems


def test_another_table_on_its_runtime_folder_is_refused(
    folders: tuple[Path, dict[str, str]],
) -> None:
    _, settings = folders
    others = {name: value for name, value in settings.items() if name != "HOUSING_TABLE"}
    done = finished("-m", "training", "--if-missing", **others)
    assert done.returncode != 0
    assert "has the records of" in done.stderr
    assert "HOUSING_TABLE" in done.stderr
