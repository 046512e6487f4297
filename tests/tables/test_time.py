"""A table with dates is split by them, from the draft to the next retraining."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.paths import RuntimePaths
from tests.system import finished, said_by
from tests.tables.sales import TARGET, write_sales
from tests.tracking_store import copy_store, empty_store

pytestmark = [pytest.mark.xdist_group("tables"), pytest.mark.timeout(600)]

BY_TIME, AT_RANDOM = "runtime", "runtime_random"
BORDERS = {"validation_from": "2022-05-09", "test_from": "2022-06-10"}
"""Of 200 days from 1 January 2022 on: after 128 and after 160 of them."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drafted definition and its rows."""
    root = tmp_path_factory.mktemp("sales")
    file, folder = write_sales(root / "sales.csv"), root / "table"
    said_by("-m", "training.describe", file, "--target", TARGET, "-o", folder)
    for runtime in (BY_TIME, AT_RANDOM):
        copy_store(empty_store(tmp_path_factory), RuntimePaths(root / runtime))
    return folder


def test_the_draft_splits_by_time_and_a_retraining_keeps_to_it(folder: Path) -> None:
    definition = (folder / "table.toml").read_text(encoding="utf-8")
    assert 'time = "sold"' in definition
    assert 'split = "time"' in definition
    found = trained(folder, folder.parent / BY_TIME)
    assert found["manifest"] == {"kind": "time", "left_out": 0, **BORDERS} == found["again"]
    assert found["same_rows"]
    assert found["tags"] == {"split": "time", **BORDERS}
    sentence = "Split by time: training before 2022-05-09, validation from then on, test from 2022-06-10 on."
    assert sentence in found["card"]
    assert sentence in found["said"]


def test_the_definition_may_say_otherwise(folder: Path) -> None:
    other = folder.parent / "random"
    other.mkdir()
    definition = (folder / "table.toml").read_text(encoding="utf-8")
    drawn = definition.replace('split = "time"', 'split = "random"')
    (other / "table.toml").write_text(drawn, encoding="utf-8")
    (other / "rows.parquet").write_bytes((folder / "rows.parquet").read_bytes())
    found = trained(other, folder.parent / AT_RANDOM)
    assert found["manifest"]["kind"] == found["tags"]["split"] == "random"
    assert "split at random (seed 0)" in found["card"]


def test_a_row_without_a_readable_time_is_named(folder: Path) -> None:
    rows = folder.parent / "wrong.csv"
    lines = (folder.parent / "sales.csv").read_text(encoding="utf-8").splitlines()
    lines[6] = "some day" + lines[6][10:]
    rows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = {
        "HOUSING_TABLE": str(folder),
        "HOUSING_RUNTIME_DIRECTORY": str(rows.parent / "none"),
    }
    refused = finished("-m", "training", "--csv", rows, **settings)
    assert refused.returncode != 0
    reason = "row 7, column sold: No date, time or number as in the other rows ('some day')"
    assert reason in refused.stderr


def trained(folder: Path, runtime: Path) -> dict[str, Any]:
    """Train on a table; return what the walk found, and what was said meanwhile."""
    settings = {"HOUSING_TABLE": str(folder), "HOUSING_RUNTIME_DIRECTORY": str(runtime)}
    said = said_by("-m", "training", "--candidates", "hist_gradient_boosting", **settings)
    said_by("-m", "tests.tables.split_walk", runtime / "walked.json", **settings)
    found: dict[str, Any] = json.loads((runtime / "walked.json").read_text(encoding="utf-8"))
    return found | {"said": " ".join(said.split())}
