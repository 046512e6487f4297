"""Cells as people write them: numbers, times and gaps, and no row lost without a number."""

from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InvalidInput
from tests.training.describe.tables import ROWS, cars
from training.describe.options import Options
from training.describe.reading import Seen, read_file


def _read(path: Path, header: str, lines: list[str], **options: object) -> Seen:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return read_file(Options(path, "price", **options))  # type: ignore[arg-type]


def _cells(path: Path, cells: list[str], **options: object) -> Seen:
    """Read a column of cells, again and again, beside a target."""
    lines = [f'"{cells[row % len(cells)]}",{row}' for row in range(60)]
    return _read(path, "more,price", lines, **options)


@pytest.mark.parametrize(
    ("cells", "kind", "first"),
    [
        (["1.5", "2", "-3e2"], "number", [1.5, 2.0, -300.0]),
        (["1,322", "922", "2,401,000"], "integer", [1322.0, 922.0, 2401000.0]),
        (["1,5", "2,25"], "number", [1.5, 2.25]),
        (["1 322", "2'401"], "integer", [1322.0, 2401.0]),
        (["7", "", "NA", "-", "nan", "?", "unknown"], "integer", [7.0] + [np.nan] * 6),
        (["2024-01-02", "2024-01-03T04:05"], "time", [1704153600.0, 1704254700.0]),
        (["2024-01-02T00:00:00Z", "2024-01-02T01:00:00+01:00"], "time", [1704153600.0] * 2),
        (["02.01.2024", "31.12.2024"], "time", [1704153600.0, 1735603200.0]),
        (["01/02/2024", "12/31/2024"], "time", [1704153600.0, 1735603200.0]),
        (["02/01/2024", "31/12/2024"], "time", [1704153600.0, 1735603200.0]),
        (["2024/01/02", "2024/12/31"], "time", [1704153600.0, 1735603200.0]),
        (["02.01.2024 00:00", "31.12.2024 00:00"], "time", [1704153600.0, 1735603200.0]),
        (["2024-02-31", "2024-01-03"], "words", [1.0, 0.0]),
        (["b", "A", "none", "NA"], "words", [1.0, 0.0, 2.0, np.nan]),
        (["1", "2", "three"], "words", [0.0, 1.0, 2.0]),
        (["90.0", "91.0"], "number", [90.0, 91.0]),
        (["3.0", "", "4.0"], "integer", [3.0, np.nan, 4.0]),
        (["00123", "00456"], "integer", [123.0, 456.0]),
    ],
)
def test_cells_are_what_they_look_like(
    tmp_path: Path, cells: list[str], kind: str, first: list[float]
) -> None:
    column = _cells(tmp_path / "t.csv", cells).columns["more"]
    assert column.kind == kind
    np.testing.assert_array_equal(column.values[: len(first)], first)


def test_what_was_taken_for_empty_is_known(tmp_path: Path) -> None:
    assert _cells(tmp_path / "t.csv", ["7", "", "NA", "?"]).columns["more"].marks == ("?", "NA")


def test_rows_that_cannot_be_used_are_counted_with_the_first(tmp_path: Path) -> None:
    lines = [f"{row},{row}" for row in range(100)]
    lines[3], lines[7], lines[9], lines[11] = "oops,3", "7", "9,", "11,many"
    seen = _read(tmp_path / "t.csv", "more,price", lines)
    assert (seen.read, len(seen)) == (100, 96)
    assert seen.left_out == (
        "1 row that cannot be split (row 9: the row has 1 cell where 2 columns are named)",
        "1 row with no number in column more ('oops'; first: row 5)",
        "1 row with no number in column price ('many'; first: row 13)",
        "1 row without price, nothing to learn (first: row 11)",
    )
    assert not {5, 9, 11, 13} & set(seen.rows.tolist())


def test_a_file_without_one_row_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"has 0 usable rows; .* Left out: 60 rows that cannot be split"
    ):
        _read(tmp_path / "t.csv", "more,price,further", ["1,2"] * 60)


def test_a_mark_that_could_be_either_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [f"{1 + row % 9}.{100 + row};{row}" for row in range(60)]
    with pytest.raises(InvalidInput, match="say which by --decimal point or --decimal comma"):
        _read(path, "more;price", lines)
    for decimal, first in ((".", 1.1), (",", 1100.0)):
        assert _read(path, "more;price", lines, decimal=decimal).columns["more"].values[0] == first


def test_typed_columns_are_read_by_their_type(tmp_path: Path) -> None:
    path = tmp_path / "cars.parquet"
    frame = cars().assign(
        flag=[True, None] * (ROWS // 2),
        size=pd.Categorical(["small", "big"] * (ROWS // 2), ["small", "big"], ordered=True),
        kind=pd.Categorical(["small", "big"] * (ROWS // 2)),
        seen=pd.date_range("2020-01-01", periods=ROWS),
        lists=[[1]] * ROWS,
        far=[np.inf] + [1.5, 2.5] * (ROWS // 2 - 1) + [np.nan],
    )
    frame.to_parquet(path)
    seen = read_file(Options(path, "price"))
    kinds = {name: column.kind for name, column in seen.columns.items()}
    assert kinds | {"flag": "words", "size": "words", "kind": "words", "seen": "time"} == kinds
    assert (kinds["lists"], kinds["far"], kinds["year"]) == ("other", "number", "integer")
    assert seen.columns["size"].words == ("small", "big")
    assert seen.columns["kind"].words == ("big", "small")
    assert seen.left_out == ("1 row with no number in column far (an infinity; first: row 1)",)
    assert seen.columns["flag"].missing == ROWS // 2


@given(
    values=st.lists(
        st.floats(-1e9, 1e9).map(lambda value: float(f"{value:.12g}")), min_size=60, max_size=80
    ),
    decimal=st.sampled_from([".", ","]),
)
def test_every_number_is_read_exactly(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], decimal: str
) -> None:
    path = tmp_path_factory.mktemp("numbers") / "t.csv"
    written = [repr(value).replace(".", decimal) for value in [*values, 0.5]]
    lines = [f"{cell};{row}" for row, cell in enumerate(written)]
    column = _read(path, "more;price", lines).columns["more"]
    np.testing.assert_array_equal(column.values, [*values, 0.5])
