"""``python -m backend.score`` carries the caller's own ids through, as reference."""

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from backend.score import __main__ as score
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES

READ = {".csv": pyarrow.csv.read_csv, ".parquet": pyarrow.parquet.read_table}
WRITE = {".csv": pyarrow.csv.write_csv, ".parquet": pyarrow.parquet.write_table}


@pytest.fixture(autouse=True)
def _champion(runtime_with_champion: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(runtime_with_champion))


@pytest.mark.parametrize("kind", [".csv", ".parquet"])
@pytest.mark.parametrize("result_kind", [".csv", ".parquet"])
def test_the_callers_own_ids_are_carried_through(
    tmp_path: Path, kind: str, result_kind: str
) -> None:
    source, target = tmp_path / f"in{kind}", tmp_path / f"out{result_kind}"
    columns: dict[str, list[Any]] = {name: [value] * 3 for name, value in EXAMPLE.items()}
    WRITE[kind](pa.table(columns | {"reference": pa.array([17, None, 19])}), source)
    assert score.main([str(source), "-o", str(target)]) == 0
    scored = READ[result_kind](target).to_pydict()
    assert list(scored)[:3] == ["row", "reference", FEATURE_NAMES[0]]
    assert [str(each) if each else None for each in scored["reference"]] == ["17", None, "19"]
    assert len(set(scored["prediction"])) == 1


def test_an_id_that_no_prediction_could_have_is_a_problem(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    row = ",".join(map(str, EXAMPLE.values()))
    lines = [f"{','.join(EXAMPLE)},reference", f"{row},{'x' * 129}", f"{row},order 17"]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert score.main([str(source), "-o", str(target)]) == 0
    assert READ[".csv"](target).to_pydict()["reference"] == ["order 17"]
    with (tmp_path / "out.csv.problems.csv").open(newline="", encoding="utf-8") as stream:
        _, problem = csv.reader(stream)
    assert problem[:3] == ["2", "reference", "Your own id of a row has at most 128 characters"]
