"""``python -m backend.score`` with files as people have them: workbooks, other names, further columns."""

import csv
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from backend.score import __main__ as score
from backend.serving.served_model import ServedModel
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from tests.storage.tables.excel.workbooks import workbook

GOOD = list(EXAMPLE.values())
RICH = [0.1, *GOOD[1:]]
NAMES = ["income", *FEATURE_NAMES[1:]]


@pytest.fixture(autouse=True)
def runtime(runtime_with_champion: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(runtime_with_champion))
    return runtime_with_champion


def test_a_sheet_with_other_names_is_scored_with_all_that_it_has(
    tmp_path: Path, runtime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["Houses of May"], ["parcel", *NAMES, "prediction"], ["p1", *GOOD, 7], ["p2", *RICH, 8]]
    source, target = tmp_path / "in.xlsx", tmp_path / "out.csv"
    source.write_bytes(workbook({"Notes": [["x"]], "May": rows}))
    options = ["--sheet", "May", "--column", "MedInc=income", "--column", "reference=parcel"]
    assert score.main([str(source), "-o", str(target), *options]) == 0
    said = capsys.readouterr().out
    assert (
        "Read as Excel: sheet May. Other sheets: Notes. Columns with other names: MedInc = income"
        in said
    )
    with target.open(newline="", encoding="utf-8") as stream:
        first, second = csv.DictReader(stream)
    assert (first["row"], first["reference"], first["given_prediction"]) == ("3", "p1", "7")
    model = _champion(runtime)
    answers = model.answer(np.array([GOOD, RICH]))
    assert float(first["prediction"]) == pytest.approx(answers.predicted[0])
    assert float(first["Price ($)"]) == pytest.approx(answers.predicted[0] * 1e5, abs=51)
    assert float(second["Price from ($)"]) == pytest.approx(answers.lower[1] * 1e5, abs=51)
    (warning,) = model.warnings.of(RICH)
    assert (first["warnings"], second["warnings"]) == ("", warning.message)


def test_a_name_that_may_be_meant_is_proposed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"{','.join(NAMES)}\n{','.join(map(str, GOOD))}\n", encoding="utf-8")
    assert score.main([str(source), "-o", str(tmp_path / "out.csv")]) == 2
    said = capsys.readouterr().err
    assert "has no column MedInc." in said
    assert "If that is meant: --column MedInc=income" in said


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--column", "MedInc=income", "--column", "MedInc=x"], "--column names MedInc twice"),
        (["--column", "Income=income"], "There is no input Income"),
        (["--sheet", "May"], "is no Excel workbook"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"{','.join(NAMES)}\n{','.join(map(str, GOOD))}\n", encoding="utf-8")
    assert score.main([str(source), "-o", str(tmp_path / "out.csv"), *options]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_further_columns_of_parquet_keep_their_types(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    lines = [",".join([*FEATURE_NAMES, "plot"]), ",".join(map(str, [*GOOD, "007"])), "much,,"]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert score.main([str(source), "-o", str(target)]) == 0
    assert pyarrow.parquet.read_table(target).column("plot").to_pylist() == ["007"]


def _champion(runtime: Path) -> ServedModel:
    store = ModelStore(RuntimePaths(runtime))
    return ServedModel.load(store, store.champion().version)
