"""A CSV file of actual values: read row by row, with every problem by its row and column."""

import csv
import io
import math
from dataclasses import dataclass

from backend.contract.feedback import HIGHEST_PRICE, FeedbackItem
from backend.contract.records import PredictionRow

ID, ACTUAL = "prediction_id", "actual"


@dataclass(frozen=True)
class RowProblem:
    """A row that cannot be used; the header is row 1."""

    row: int
    column: str
    problem: str


@dataclass(frozen=True)
class LabelFile:
    """What a file holds: values to attach, rows left empty, rows that cannot be used."""

    items: list[FeedbackItem]
    empty: int
    problems: list[RowProblem]


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the message is a sentence for a person."""


def read_labels(content: bytes) -> LabelFile:
    r"""Read a CSV file with the columns prediction_id and actual (100,000 USD), and perhaps others.

    A row whose actual value is empty is not known yet and left out.

    Raises
    ------
    UnreadableFile
        If it is not text, or one of the two columns is missing.

    Examples
    --------
    >>> found = read_labels(b"prediction_id,actual\na1,4.2\na2,\na3,many\n")
    >>> [item.actual for item in found.items], found.empty
    ([4.2], 1)
    >>> found.problems
    [RowProblem(row=4, column='actual', problem="'many' is not a number")]
    """
    rows = csv.DictReader(io.StringIO(_text(content)))
    try:
        names = [name.strip() for name in rows.fieldnames or []]
        rows.fieldnames = names
        missing = [name for name in (ID, ACTUAL) if name not in names]
        if missing:
            raise UnreadableFile(
                f"The file has no column {' and no column '.join(missing)}; its first row must name "
                "prediction_id and actual."
            )
        return _sorted(rows)
    except csv.Error as error:
        raise UnreadableFile(f"The file is not a CSV file: {error}.") from error


def template(rows: list[PredictionRow]) -> bytes:
    """Return a file to fill in: predictions without an actual value, their answer beside them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([ID, "answered_at", "prediction", ACTUAL])
    for row in rows:
        writer.writerow([row.prediction_id, row.timestamp.isoformat(), row.prediction, ""])
    return stream.getvalue().encode()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("The file is not text in UTF-8; save it as CSV.") from error


def _sorted(rows: "csv.DictReader[str]") -> LabelFile:
    items: list[FeedbackItem] = []
    problems: list[RowProblem] = []
    empty = 0
    for row in rows:
        number = rows.line_num
        prediction_id, actual = ((row.get(name) or "").strip() for name in (ID, ACTUAL))
        if not actual:
            empty += 1
        elif not 1 <= len(prediction_id) <= 64:
            problems.append(RowProblem(number, ID, "an id has 1 to 64 characters"))
        elif (problem := _number_problem(actual)) is not None:
            problems.append(RowProblem(number, ACTUAL, problem))
        else:
            items.append(FeedbackItem(prediction_id=prediction_id, actual=float(actual)))
    return LabelFile(items, empty, problems)


def _number_problem(text: str) -> str | None:
    shown = repr(text[:40])
    try:
        value = float(text)
    except ValueError:
        return f"{shown} is not a number"
    if not math.isfinite(value):
        return f"{shown} is not a finite number"
    if not 0 <= value <= HIGHEST_PRICE:
        return f"{shown} is not from 0 to {HIGHEST_PRICE:g}; the unit is 100,000 USD"
    return None
