"""A damaged table is read by all callers alike, and no whole row of it is lost without a number."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.domain.inputs import EXAMPLE
from storage.domain.target import TARGET_NAME
from tests.storage.tables.callers import (
    NAMES,
    Found,
    by_console,
    by_labels,
    by_scoring,
    by_training,
)
from tests.storage.tables.dialects import STYLES, Style
from training.dataset import table

COLUMNS = [*NAMES, TARGET_NAME, "prediction_id", "actual", "note"]
NOTES = ["", "fine", 'said "so"', "x\ny"]
SPLINTERS = ['"', "\n", "\r", ",", ";", "\t", "|", "#", "x", " ", "\u00a0", "1e-400", "-", "\ufeff"]
REFUSED = "refused"


@dataclass(frozen=True)
class Damaged:
    """A file with one fault somewhere below its header, and the inputs of the rows that it does not touch."""

    content: bytes
    whole: list[list[float]]
    has_quotes: bool
    lines: int


@st.composite
def damaged(draw: st.DrawFn) -> Damaged:
    style = draw(STYLES)
    if style.separator != ",":
        style = replace(style, decimal=draw(st.sampled_from(".,")))
    rows = [_values(number) for number in range(draw(st.integers(1, 6)))]
    texts = [
        _line(style, number, row, draw(st.sampled_from(NOTES))) for number, row in enumerate(rows)
    ]
    hit = draw(st.integers(0, len(texts) - 1))
    texts[hit] = draw(_faults(texts[hit]))
    header = [*style.above, style.line(COLUMNS)]
    text = style.line_end.join([*header, *texts]) + draw(st.sampled_from(["", style.line_end]))
    content = text.encode(style.codec, errors="replace")
    whole = [row for number, row in enumerate(rows) if number != hit]
    lines = [line for line in re.split("\r\n|\r|\n", text)[len(header) :] if line.strip()]
    return Damaged(content, whole, '"' in text, len(lines))


def _values(number: int) -> list[float]:
    """Different in each row, with digits that cannot be thousands."""
    return [value + (number + 1) * 1.0001e-3 for value in EXAMPLE.values()]


def _line(style: Style, number: int, values: list[float], note: str) -> str:
    cells = [style.number(value, "") for value in [*values, 1.5001, 2.5001 + number]]
    return style.line([*cells[:-1], f"id{number}", cells[-1], note])


@st.composite
def _faults(draw: st.DrawFn, line: str) -> str:
    """Insert something, take something out, cut the rest off, or write the line twice."""
    place = draw(st.integers(0, len(line)))
    match draw(st.sampled_from(["insert", "remove", "cut", "twice"])):
        case "insert":
            return line[:place] + draw(st.sampled_from(SPLINTERS)) + line[place:]
        case "remove":
            return line[:place] + line[place + draw(st.integers(1, 3)) :]
        case "cut":
            return line[:place]
    return line + line


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@pytest.fixture(autouse=True)
def _small_tables_may_be_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MINIMUM_ROWS", 1)


PROPERTY = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@PROPERTY
@given(file=damaged())
def test_one_fault_is_answered_alike_and_costs_at_most_its_row(folder: Path, file: Damaged) -> None:
    _check(folder, file)


@pytest.mark.soak
@settings(PROPERTY, max_examples=1_500)
@given(file=damaged())
def test_thousands_of_faults(folder: Path, file: Damaged) -> None:
    _check(folder, file)


def _check(folder: Path, file: Damaged) -> None:
    path = folder / "damaged.csv"
    path.write_bytes(file.content)
    scored = by_scoring(path)
    assert scored == by_console(path)
    trained = by_training(path)
    if REFUSED in scored:
        assert isinstance(trained, str), scored
        return
    _check_rows(scored, file)
    if isinstance(trained, list):
        assert trained == scored["values"]
        assert not scored["problems"]
    labels = by_labels(file.content)
    if REFUSED not in labels:
        rows_wide = [each for each in scored["problems"] if not each[1]]
        assert [each for each in labels["problems"] if not each[1]] == rows_wide
        read = (
            len(labels["values"]) + labels["empty"] + len({each[0] for each in labels["problems"]})
        )
        assert read == scored["read"]


def _check_rows(found: Found, file: Damaged) -> None:
    numbered = Counter(found["rows"]) + Counter({each[0] for each in found["problems"]})
    assert found["read"] == len(numbered) == numbered.total()
    read = [tuple(row) for row in found["values"]]
    assert not [row for row in file.whole if tuple(row) not in read], found
    if not file.has_quotes:
        assert found["read"] == file.lines
