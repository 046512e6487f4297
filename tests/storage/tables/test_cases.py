"""Files that went wrong once: each is read rightly, or refused with what was seen, by every caller."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.domain.inputs import EXAMPLE
from storage.domain.target import TARGET_NAME
from tests.storage.tables.callers import by_console, by_labels, by_scoring, by_training
from training.dataset import table

CASES = Path(__file__).parent / "cases"
ROW = list(EXAMPLE.values())
BUSY = [*ROW[:4], 1322.0, *ROW[5:]]
READ = [
    ("semicolon", [2], [ROW]),
    ("tab", [2], [ROW]),
    ("thousands", [2], [BUSY]),
    ("bom", [2], [ROW]),
    ("trailing_comma", [2], [ROW]),
    ("header_newline", [3, 4, 5], [ROW] * 3),
    ("ls", [2, 3, 4], [ROW] * 3),
    ("nbsp", [2], [ROW]),
    ("blank_lines", [5], [ROW]),
]


@pytest.mark.parametrize("read", [by_scoring, by_console])
@pytest.mark.parametrize(("name", "rows", "values"), READ)
def test_a_file_is_scored_with_the_rows_that_its_editor_shows(
    read: Callable[[Path], Any], name: str, rows: list[int], values: list[list[float]]
) -> None:
    found = read(CASES / f"{name}.csv")
    assert found == {"rows": rows, "values": values, "problems": [], "read": len(rows)}


@pytest.mark.parametrize(("name", "rows", "values"), READ)
def test_the_same_file_with_prices_is_trained_on(
    name: str,
    rows: list[int],
    values: list[list[float]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "MINIMUM_ROWS", 1)
    assert by_training(_with_prices(name, tmp_path)) == values
    assert len(rows) == len(values)


@pytest.mark.parametrize(("name", "rows", "values"), READ)
def test_the_same_file_with_ids_is_a_file_of_labels(
    name: str, rows: list[int], values: list[list[float]]
) -> None:
    """A blank that surrounds a number surrounds an id, too."""
    content = (CASES / f"{name}.csv").read_bytes()
    content = content.replace(b"Population", b"prediction_id").replace(b"AveOccup", b"actual")
    found = by_labels(content)
    identity = "1,322" if name == "thousands" else "322"
    assert found["values"] == {identity: 2.5556}
    assert (found["problems"], found["empty"]) == ([], 0)


@pytest.mark.parametrize("read", [by_scoring, by_console])
def test_a_quote_that_stays_open_is_refused_with_its_line(read: Callable[[Path], Any]) -> None:
    assert "double quote in line 4" in read(CASES / "unclosed.csv")["refused"]


def test_a_quote_that_stays_open_is_refused_in_training(tmp_path: Path) -> None:
    assert "double quote in line 4" in by_training(_with_prices("unclosed", tmp_path))


def test_labels_are_read_or_refused_by_row() -> None:
    found = by_labels((CASES / "labels_decimal_comma.csv").read_bytes())
    assert found["values"] == {}
    assert [problem[:3] for problem in found["problems"]] == [
        (row, "", "The row has 3 cells where 2 columns are named") for row in (2, 3)
    ]
    found = by_labels((CASES / "labels_underscore.csv").read_bytes())
    assert found["values"] == {}
    assert found["problems"] == [(2, "actual", "Not a number: remove the underscore", "4_2")]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("labels_open_quote", "double quote in line 2"),
        ("labels_dup_column", "more than one column actual"),
    ],
)
def test_a_file_of_labels_is_refused_with_what_was_seen(name: str, sentence: str) -> None:
    assert sentence in by_labels((CASES / f"{name}.csv").read_bytes())["refused"]


def _with_prices(name: str, folder: Path) -> Path:
    """Return a copy with a column of prices before the others."""
    text = (CASES / f"{name}.csv").read_bytes().decode("utf-8-sig")
    separator, price = {"semicolon": (";", "4,526"), "tab": ("\t", "4.526")}.get(
        name, (",", "4.526")
    )
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if line.startswith(("MedInc", '"MedInc')):
            lines[index] = TARGET_NAME + separator + line
        elif line[:1].isdigit():
            lines[index] = price + separator + line
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    return path
