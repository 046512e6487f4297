"""Models of one's own, as the page tells: lines of the definition, a module, a training with them."""

import re
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from storage.settings import Settings
from tests.system import REPOSITORY, finished, finished_cold, said_by
from tests.tables.orchard import ROWS, TARGET, write_orchard
from tests.tracking_store import copy_store, empty_store

pytestmark = pytest.mark.xdist_group("own table")
RUNTIME = "runtime"
PAGE = REPOSITORY / "docs" / "how-to" / "bring-your-own-model.md"


def _blocks(language: str) -> list[str]:
    """Return the page's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with categories and gaps, its definition with the lines of the page, and the page's module."""
    folder = tmp_path_factory.mktemp("own_model")
    rows, table = write_orchard(folder / "orchard.csv"), folder / "orchard"
    said_by("-m", "training.describe", rows, "--target", TARGET, "-o", table)
    with (table / "table.toml").open("a", encoding="utf-8") as definition:
        definition.write("\n" + "\n".join(_blocks("toml")))
    copy_store(empty_store(tmp_path_factory), RuntimePaths(folder / RUNTIME))
    (table / "my_models.py").write_text(_blocks("python")[0], encoding="utf-8")
    return table


def _settings(table: Path, name: str) -> dict[str, str]:
    return {
        "HOUSING_TABLE": str(table),
        "HOUSING_RUNTIME_DIRECTORY": str(table.parent / name),
        "PYTHONPATH": f"{REPOSITORY}:{table}",
    }


def test_the_models_of_the_page_compete_and_one_of_them_answers(table: Path) -> None:
    pytest.importorskip("lightgbm", reason="the page's example is LightGBM")
    settings = _settings(table, RUNTIME)
    names = "lightgbm,small_trees,extra_trees"
    # Despite the checks: on a busy machine the latency is none of this test's business.
    trained = said_by("-m", "training", "--candidates", names, "--despite-checks", **settings)
    assert "Champion: " in trained
    for label in ("LightGBM", "Small trees", "Extra trees"):
        assert label in trained
    runtime = Path(settings["HOUSING_RUNTIME_DIRECTORY"])
    (version,) = ModelStore(Settings(runtime_directory=runtime).paths).versions()
    assert version.model_type == "LightGBMTrees"
    answers = runtime.parent / "answers.csv"
    told = said_by("-m", "backend.score", table / "rows.parquet", "-o", answers, **settings)
    assert f"Scored {ROWS} of {ROWS} rows" in told
    predicted = pyarrow.csv.read_csv(answers)["prediction"].to_numpy()
    actual = pyarrow.parquet.read_table(table / "rows.parquet")[TARGET].to_numpy()
    assert ((predicted - actual) ** 2).mean() < 0.3 * actual.var()


def test_all_of_the_definition_compete(table: Path) -> None:
    said = finished("-m", "training", "--candidates", "no_such_model", **_settings(table, "none"))
    assert said.returncode != 0
    for name in ("hist_gradient_boosting", "lightgbm", "small_trees", "extra_trees", "xgboost"):
        assert name in said.stderr


def test_a_library_that_is_missing_is_said_before_anything_is_trained(table: Path) -> None:
    settings = _settings(table, "missing")
    blocked = table.parent / "blocked" / "sitecustomize.py"
    blocked.parent.mkdir()
    # As if it were not installed.
    blocked.write_text("import sys\nsys.modules['catboost'] = None\n", encoding="utf-8")
    settings["PYTHONPATH"] = f"{blocked.parent}:{settings['PYTHONPATH']}"
    said = finished_cold("-m", "training", "--candidates", "linear_regression,catboost", **settings)
    assert said.returncode != 0
    assert "The candidate catboost needs CatBoost, which is not installed here" in said.stderr
    assert "pip install -r requirements/catboost.txt" in said.stderr
    assert "Traceback" not in said.stderr
