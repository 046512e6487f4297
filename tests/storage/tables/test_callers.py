"""All callers agree on any file: rows, values and problems, and no row is ever lost."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage.domain.inputs import EXAMPLE, FEATURES
from storage.domain.target import TARGET_NAME
from tests.storage.tables.callers import NAMES, by_console, by_labels, by_scoring, by_training
from tests.storage.tables.dialects import BLANKS, STYLES, Style
from training.dataset import table

MOST_ROWS = 6
BAD_CELLS = [
    "",
    " ",
    "old",
    "4_2",
    "0x1A",
    "1e309",
    "NaN",
    "inf",
    "12a",
    "1.2.3",
    "--1",
    "999999999",
]
EXTRAS = ["note", "größe", "Price", "id"]
NOTES = ["", "fine", "a b", 'said "so"', "x\ny", "#", "1", "é"]


@dataclass(frozen=True)
class Written:
    """A file and what is in it."""

    content: bytes
    good: dict[int, list[float]]
    """By row."""
    bad: frozenset[tuple[int, str]]
    """Row and column; an empty column for a whole row."""


@st.composite
def files(draw: st.DrawFn, *, with_bad_rows: bool) -> Written:
    style = draw(STYLES)
    if style.separator != ",":
        style = Style(**{**vars(style), "decimal": draw(st.sampled_from([".", ","]))})
    extras = draw(st.lists(st.sampled_from(EXTRAS), unique=True, max_size=2))
    names = draw(st.permutations([*NAMES, TARGET_NAME, *extras]))
    trailing = draw(st.integers(0, 2))
    lines = [*style.above, style.line([*names, *[""] * trailing])]
    good: dict[int, list[float]] = {}
    bad: set[tuple[int, str]] = set()
    line = len(lines) + 1
    for _ in range(draw(st.integers(1, MOST_ROWS))):
        if draw(st.integers(0, 9)) == 0:
            lines.append("")
            line += 1
        values = {feature.name: draw(_near(EXAMPLE[feature.name])) for feature in FEATURES}
        cells = {
            name: style.number(value, draw(st.sampled_from(BLANKS)))
            for name, value in values.items()
        }
        cells[TARGET_NAME] = style.number(1.5, "")
        cells |= {name: draw(st.sampled_from(NOTES)) for name in extras}
        row = [cells[name] for name in names] + [""] * trailing
        kind = (
            draw(st.sampled_from(["good"] * 8 + ["cell", "long", "short"]))
            if with_bad_rows
            else "good"
        )
        if kind == "cell":
            wrong = draw(st.sampled_from(NAMES))
            row[names.index(wrong)] = draw(st.sampled_from(BAD_CELLS))
            bad.add((line, wrong))
        elif kind == "long":
            row.append("7")
            bad.add((line, ""))
        elif kind == "short":
            row = ["7", *row[: names.index(NAMES[0])]][: len(names) - 1]
            bad.add((line, ""))
        else:
            good[line] = list(values.values())
        if kind in ("long", "short"):
            row = [cell.replace("\n", " ") for cell in row]  # else it reads as an open quote
        text = style.line(row)
        lines.append(text)
        line += 1 + text.count("\n")
    body = style.line_end.join(lines) + style.line_end
    return Written(body.encode(style.codec, errors="ignore"), good, frozenset(bad))


def _near(example: float) -> st.SearchStrategy[float]:
    # Four digits behind the mark, so that no cell is 1.322, which could be thousands in another country.
    return st.integers(1, 9).map(
        lambda tenths: math.copysign(abs(example) + tenths * 1.0001e-3, example)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


PROPERTY = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def _small_tables_may_be_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MINIMUM_ROWS", 1)


EACH_ROW_TOO_LONG = Written(
    b"MedInc,HouseAge,AveRooms,AveBedrms,Population,AveOccup,Latitude,Longitude,MedHouseVal\n"
    + 2 * b"8.3,41,6.9,1.0,322,2.5,37.88,-122.23,1.5,7\n",
    {},
    frozenset({(2, ""), (3, "")}),
)


@PROPERTY
@example(written=EACH_ROW_TOO_LONG)
@given(written=files(with_bad_rows=True))
def test_scoring_and_console_agree_and_no_row_is_lost(folder: Path, written: Written) -> None:
    path = folder / "bad.csv"
    path.write_bytes(written.content)
    found = by_scoring(path)
    assert found == by_console(path)
    assert dict(zip(found["rows"], found["values"], strict=True)) == written.good
    assert {problem[:2] for problem in found["problems"]} == written.bad
    reported = {problem[0] for problem in found["problems"]}
    assert found["read"] == len(found["rows"]) + len(reported)
    assert found["read"] == len(written.good) + len({row for row, _ in written.bad})
    if not found["problems"]:
        return
    refusal = by_training(path)
    assert isinstance(refusal, str)
    for row, column, message, value in found["problems"][:100]:
        place = f"row {row}, column {column}" if column else f"row {row}"
        of_all = f"column {column}, all " if column else "all "
        # What is wrong with each row alike is said once.
        is_of_all = any(
            line.strip().startswith(of_all) and f": {message} (the first is " in line
            for line in refusal.splitlines()
        )
        assert is_of_all or f"{place}: {message} ({value!r})" in refusal


@PROPERTY
@given(written=files(with_bad_rows=False))
def test_training_reads_what_scoring_reads(folder: Path, written: Written) -> None:
    path = folder / "good.csv"
    path.write_bytes(written.content)
    assert by_training(path) == by_scoring(path)["values"] == list(written.good.values())


LABELS = st.lists(
    st.tuples(st.integers(1, 10**9).map(str), st.sampled_from(["4.25", "3.5", *BAD_CELLS])),
    min_size=1,
    max_size=10,
    unique_by=lambda row: row[0],
)


@PROPERTY
@given(rows=LABELS, style=STYLES)
def test_labels_are_judged_as_the_same_cells_are_elsewhere(
    folder: Path, rows: list[tuple[str, str]], style: Style
) -> None:
    """The same cells as a column of the model's inputs: the same numbers, the same words."""
    lines = [
        *style.above,
        style.line(["prediction_id", "actual"]),
        *(style.line([*row]) for row in rows),
    ]
    labels = by_labels(style.line_end.join(lines).encode(style.codec))
    inputs = [*style.above, style.line([*NAMES])]
    inputs += [style.line(_inputs_with(cell)) for _, cell in rows]
    path = folder / "inputs.csv"
    path.write_bytes(style.line_end.join(inputs).encode(style.codec))
    elsewhere = by_scoring(path)
    filled = {problem[0]: problem[2:] for problem in elsewhere["problems"]}
    for row, (_, cell) in enumerate(rows, start=len(style.above) + 2):
        if not cell.strip():
            filled.pop(row)
    assert {problem[0]: problem[2:] for problem in labels["problems"]}.keys() == filled.keys()
    assert _unreadable(labels["problems"]) == _unreadable(elsewhere["problems"])
    assert labels["empty"] == sum(not cell.strip() for _, cell in rows)
    assert len(rows) == len(labels["values"]) + labels["empty"] + len(labels["problems"])
    good = [values[0] for values in elsewhere["values"]]
    assert list(labels["values"].values()) == good


def _inputs_with(cell: str) -> list[str]:
    return [cell, *(repr(value) for value in list(EXAMPLE.values())[1:])]


def _unreadable(problems: list[Any]) -> list[tuple[str, str]]:
    """What is wrong with cells that are no number; a range is the column's own."""
    ranges = ("Less than", "More than", "The cell is empty")
    return [problem[2:] for problem in problems if not problem[2].startswith(ranges)]
