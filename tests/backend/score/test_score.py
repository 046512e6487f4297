"""``python -m backend.score``: what it scores, what it leaves out, what it refuses, what it needs."""

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from backend.score import __main__ as score
from backend.score import batch
from backend.serving.served_model import ServedModel
from storage.domain.inputs import FEATURE_NAMES
from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from storage.tables import csv_file
from storage.tables.number import NOT_FINITE
from tests.system import REPOSITORY, clean_environment
from training.dataset.embedded import load_embedded

HEADER = ",".join(FEATURE_NAMES)
GOOD = "8.3,41,6.9,1.02,322,2.5,37.88,-122.23"
FEW_ROWS, MANY_ROWS = 10_000, 200_000
MEMORY_MARGIN = 1.25
"""The allocator's own moods; 380,000 more rows are 24 MB as bare numbers and much more as text."""
SCORING_SECONDS = 900

MEASURE = (
    "import json, resource, subprocess, sys; "
    "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode; "
    "print(json.dumps([code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))"
)
"""Run from a small process: a child counts the memory of the process it was forked from as its own."""


@pytest.fixture
def runtime(runtime_with_champion: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(runtime_with_champion))
    return runtime_with_champion


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("result_kind", ["csv", "parquet"])
def test_every_row_is_scored_as_the_served_model_does(
    runtime: Path, tmp_path: Path, kind: str, result_kind: str
) -> None:
    inputs = load_embedded().inputs[:10_000]  # more than one chunk
    table = _table(inputs).select(list(reversed(FEATURE_NAMES)))
    source, target = tmp_path / f"in.{kind}", tmp_path / f"out.{result_kind}"
    _write(table, source)
    assert score.main([str(source), "-o", str(target)]) == 0
    scored = _read(target)
    model = _champion(runtime)
    answers = model.answer(inputs)
    first = 2 if kind == "csv" else 1  # the header is row 1
    assert scored["row"] == list(range(first, first + 10_000))
    for column, name in enumerate(FEATURE_NAMES):
        np.testing.assert_array_equal(scored[name], inputs[:, column])
    np.testing.assert_allclose(scored["prediction"], answers.predicted, rtol=0, atol=1e-12)
    np.testing.assert_allclose(scored["lower"], answers.lower, rtol=0, atol=1e-12)
    np.testing.assert_allclose(scored["upper"], answers.upper, rtol=0, atol=1e-12)
    np.testing.assert_allclose(scored["support"], model.search.support(inputs), atol=1e-12)
    assert set(scored["model_version"]) == {model.manifest.version}
    assert _problems(target) == []


def test_bad_rows_are_reported_and_left_out(
    runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        GOOD,
        GOOD.replace("41", "old"),
        "1,2,3",
        "",
        GOOD.replace("37.88", "12"),
        GOOD.replace("8.3,41", ",nan"),
        GOOD.replace("322", " +3.2e2 "),
        f"{GOOD},9",
        "1e309" + GOOD[3:],
    ]
    target = _score_lines(tmp_path, lines)
    scored = _read(target)
    assert scored["row"] == [2, 8]
    assert scored["prediction"][0] == pytest.approx(scored["prediction"][1])
    assert _problems(target) == [
        ("3", "HouseAge", "Not a number", "old"),
        ("4", "", "The row has 3 cells where 8 columns are named", "1,2,3"),
        ("6", "Latitude", "Less than the minimum, 32 (unit: degrees north)", "12"),
        ("7", "MedInc", "The cell is empty", ""),
        ("7", "HouseAge", NOT_FINITE, "nan"),
        ("9", "", "The row has 9 cells where 8 columns are named", f"{GOOD},9"),
        ("10", "MedInc", "Too large for a number", "1e309"),
    ]
    said = capsys.readouterr().out
    assert "Scored 2 of 8 rows" in said
    assert "Skipped 6 rows with 7 problems" in said
    assert "Read as CSV: comma-separated, decimal point, UTF-8." in said


def test_rows_keep_their_numbers_over_many_blocks(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "ROWS_A_BLOCK", 7)
    torn = {5, 6, 7, 8, 9, 40, 41, 99, 100}
    lines = [
        "torn" if number in torn else f"{number / 100},{GOOD.partition(',')[2]}"
        for number in range(2, 102)
    ]
    target = _score_lines(tmp_path, lines)
    scored = _read(target)
    assert scored["row"] == [number for number in range(2, 102) if number not in torn]
    np.testing.assert_allclose(scored["MedInc"], np.array(scored["row"]) / 100)
    assert [int(problem[0]) for problem in _problems(target)] == sorted(torn)


def test_nothing_good_is_still_a_result(runtime: Path, tmp_path: Path) -> None:
    target = _score_lines(tmp_path, ["=x+1,y", "1"])
    assert _read(target)["row"] == []
    assert [problem[3] for problem in _problems(target)] == ["'=x+1,y", "1"]  # no formula


def test_a_folder_of_parquet_parts_is_scored_as_one_table(runtime: Path, tmp_path: Path) -> None:
    inputs = load_embedded().inputs[:5]
    (tmp_path / "parts").mkdir()
    for number, part in enumerate((inputs[:2], inputs[2:])):
        _write(_table(part), tmp_path / "parts" / f"part-{number:05}.parquet")
    (tmp_path / "parts" / "_SUCCESS").touch()
    target = tmp_path / "out.csv"
    assert score.main([str(tmp_path / "parts"), "-o", str(target)]) == 0
    assert _read(target)["row"] == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(_read(target)["MedInc"], inputs[:, 0])


def test_a_null_in_parquet_is_a_problem(runtime: Path, tmp_path: Path) -> None:
    table = _with_column("Population", pa.array([3, None, 5], pa.int64()))
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    _write(table, source)
    assert score.main([str(source), "-o", str(target)]) == 0
    assert _read(target)["row"] == [1, 3]
    assert _problems(target) == [("2", "Population", "The cell is empty", "")]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("in.csv", b"", "is empty"),
        ("in.csv", f"{HEADER}\n".encode(), "has a header but no rows"),
        ("in.csv", b"MedInc,HouseAge\n1,2\n", "has no column AveRooms"),
        ("in.csv", f'{HEADER}\n{GOOD}\n"{GOOD}\n{GOOD}\n'.encode(), "double quote in line 3"),
        ("in.csv", f"{HEADER},MedInc\n{GOOD},1\n".encode(), "more than one column MedInc"),
        ("in.csv", bytes(range(256)) * 40, "is not text in UTF-8"),
        ("in.parquet", b"PAR1 not really", "cannot be read"),
        ("in.parquet", b"\x00\x01\x02\x03\x04", "has a zero byte in line 1"),
        ("in.xlsx", b"PK\x03\x04", "looks like an Excel workbook"),
        ("in.csv", None, "does not exist"),
    ],
)
def test_a_wrong_file_is_one_sentence(
    runtime: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    sentence: str,
) -> None:
    source, target = tmp_path / name, tmp_path / "out.csv"
    if content is not None:
        source.write_bytes(content)
    _refused([str(source), "-o", str(target)], sentence, capsys)
    assert {path.name for path in tmp_path.iterdir()} <= {name, "runtime"}


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("out.txt", "must end in .csv or .parquet"),
        ("nowhere/out.csv", "folder of"),
        ("folder.csv", "is a folder"),
        ("in.csv", "would replace"),
        ("/proc/out.csv", "cannot be written"),
    ],
)
def test_a_wrong_target_is_one_sentence(
    runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str, sentence: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    source = tmp_path / "in.csv"
    source.write_text(f"{HEADER}\n{GOOD}\n")
    _refused([str(source), "-o", str(tmp_path / target)], sentence, capsys)
    assert source.read_text() == f"{HEADER}\n{GOOD}\n"


def test_text_in_parquet_is_refused(
    runtime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(_with_column("Latitude", pa.array(["37", "38", "39"])), tmp_path / "in.parquet")
    arguments = [str(tmp_path / "in.parquet"), "-o", str(tmp_path / "out.csv")]
    _refused(arguments, "in column Latitude, not numbers", capsys)


def test_without_a_champion_it_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(tmp_path / "empty"))
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{GOOD}\n")
    assert score.main([str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]) == 1
    assert "make train" in capsys.readouterr().err


def test_a_failure_on_the_way_leaves_the_earlier_result(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = _score_lines(tmp_path, [GOOD])
    earlier = target.read_bytes(), _problems(target)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batch, "scored_batch", fail)
    (tmp_path / "in.csv").write_text(f"{HEADER}\nwrong\n{GOOD}\n{GOOD}\n")
    assert score.main([str(tmp_path / "in.csv"), "-o", str(target)]) == 1
    assert (target.read_bytes(), _problems(target)) == earlier
    assert not list(tmp_path.glob(".*"))


@pytest.mark.timeout(2 * SCORING_SECONDS)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_rows(runtime: Path, tmp_path: Path, kind: str) -> None:
    few = _peak_kilobytes(runtime, tmp_path, kind, FEW_ROWS)
    many = _peak_kilobytes(runtime, tmp_path, kind, MANY_ROWS)
    assert many < MEMORY_MARGIN * few, f"{few} kB for {FEW_ROWS} rows, {many} kB for {MANY_ROWS}"


def _peak_kilobytes(runtime: Path, folder: Path, kind: str, rows: int) -> int:
    inputs = load_embedded().inputs
    source, target = folder / f"in.{kind}", folder / f"out.{kind}"
    _write(_table(inputs[np.arange(rows) % len(inputs)]), source)
    scoring = [sys.executable, "-m", "backend.score", str(source), "-o", str(target)]
    result = subprocess.run(
        [sys.executable, "-c", MEASURE, *scoring],
        cwd=REPOSITORY,
        env=clean_environment(HOUSING_RUNTIME_DIRECTORY=str(runtime)),
        capture_output=True,
        text=True,
        timeout=SCORING_SECONDS,
        check=True,
    )
    code, kilobytes = json.loads(result.stdout)
    assert code == 0, result.stderr
    assert len(_read(target)["row"]) == rows
    return int(kilobytes)


def _score_lines(folder: Path, lines: Sequence[str]) -> Path:
    source, target = folder / "in.csv", folder / "out.csv"
    source.write_text("\n".join([HEADER, *lines]) + "\n")
    assert score.main([str(source), "-o", str(target)]) == 0
    return target


def _refused(arguments: Sequence[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert score.main(arguments) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def _champion(runtime: Path) -> ServedModel:
    store = ModelStore(RuntimePaths(runtime))
    return ServedModel.load(store, store.champion().version)


def _table(inputs: Any) -> Any:
    return pa.table(dict(zip(FEATURE_NAMES, inputs.T, strict=True)))


def _with_column(name: str, values: Any) -> Any:
    table = _table(load_embedded().inputs[: len(values)])
    return table.set_column(FEATURE_NAMES.index(name), name, values)


def _write(table: Any, path: Path) -> None:
    if path.suffix == ".csv":
        pyarrow.csv.write_csv(table, path)
    else:
        pyarrow.parquet.write_table(table, path)


def _read(path: Path) -> dict[str, list[Any]]:
    read = pyarrow.csv.read_csv if path.suffix == ".csv" else pyarrow.parquet.read_table
    columns: dict[str, list[Any]] = read(path).to_pydict()
    return columns


def _problems(target: Path) -> list[tuple[str, ...]]:
    with target.with_name(f"{target.name}.problems.csv").open(newline="") as stream:
        rows = [tuple(row) for row in csv.reader(stream)]
    assert rows[0] == ("row", "column", "message", "value")
    return rows[1:]
