"""Which column of a table is what: target, input, time, identifier, or left out with a reason."""

import hashlib
from dataclasses import dataclass

import numpy as np

from storage.errors import InvalidDataset
from training.dataset.doubts import marked, telling
from training.dataset.evidence import alone
from training.dataset.time_split import borders_of
from training.describe.column import Column
from training.describe.options import Options
from training.describe.reading import Seen
from training.describe.reasons import (
    LONGEST_WORD,
    MOST_WORDS,
    counts_rows,
    is_code,
    may_be_time,
    names_rows,
    why_empty,
    why_no_category,
)

MOST_INPUTS = 200
FEW_VALUES = 20
"""Whole numbers with fewer different values may be codes: a person is asked."""
A_COPY = 0.9999
"""R2 of one input alone, from which on it is left out."""


@dataclass(frozen=True)
class Roles:
    """What each column is.

    Attributes
    ----------
    dropped
        Columns that are no part of the table, with the reason.
    warnings
        What a person should look at, a sentence each.
    """

    target: Column
    inputs: tuple[Column, ...]
    time: Column | None
    identifier: Column | None
    dropped: dict[str, str]
    warnings: tuple[str, ...]


def roles_of(seen: Seen, options: Options) -> Roles:
    """Decide what each column is.

    Raises
    ------
    InvalidDataset
        If the target is constant, or no input is left, or too many are.
    """
    target = seen.columns[options.target]
    if len(target.distinct) == 1:
        raise InvalidDataset(
            f"{options.file}, column {options.target}, is {target.distinct[0]:g} in all {len(seen):,} usable "
            "rows: there is nothing to learn."
        )
    return _Sorting(seen, options).roles()


class _Sorting:
    """The columns, one after the other."""

    def __init__(self, seen: Seen, options: Options) -> None:
        self._seen, self._options = seen, options
        self._inputs: dict[str, Column] = {}
        self._times: dict[str, Column] = {}
        self._identifiers: dict[str, Column] = {}
        self._dropped = dict.fromkeys(options.ignored, "left out by --ignore")
        self._warnings: list[str] = []

    def roles(self) -> Roles:
        for name, column in self._seen.columns.items():
            if name != self._options.target:
                self._sort(name, column)
        time, identifier = self._time(), self._identifier()
        self._drop_twins()
        self._judge_alone()
        self._refuse_number_of_inputs()
        self._ask_about_row_numbers()
        self._ask_about_times(time)
        self._ask_about_codes()
        self._warnings += marked(tuple(self._inputs.values()))
        return Roles(
            self._seen.columns[self._options.target],
            tuple(self._inputs.values()),
            time,
            identifier,
            self._dropped,
            tuple(self._warnings),
        )

    def _sort(self, name: str, column: Column) -> None:
        options = self._options
        if name == options.identifier:
            self._identifiers[name] = column
        elif name == options.time:
            self._times[name] = column
        elif reason := why_empty(column):
            self._dropped[name] = reason
        elif name in options.categories:
            self._inputs[name] = _forced(column, options)
        elif name in options.kept and column.kind != "time":
            self._inputs[name] = _forced(column, options) if column.kind == "words" else column
        elif column.kind == "time":
            self._times.setdefault(name, column)
        elif names_rows(column):
            self._identifiers.setdefault(name, column)
        elif column.kind == "words" and (reason := why_no_category(column)):
            self._dropped[name] = reason
        else:
            self._inputs[name] = column.as_words() if is_code(column) else column

    def _time(self) -> Column | None:
        chosen = self._options.time
        if chosen is None:
            whole = [name for name, column in self._times.items() if not column.missing]
            chosen = max(whole, key=lambda name: len(self._times[name].distinct), default=None)
        for name in self._times:
            if name != chosen:
                self._dropped[name] = "a date or time: only numbers and categories can be inputs"
        return self._times.get(chosen) if chosen is not None else None

    def _identifier(self) -> Column | None:
        chosen = self._options.identifier or next(iter(self._identifiers), None)
        for name in self._identifiers:
            if name != chosen:
                self._dropped[name] = "different in every row: it tells rows apart and nothing else"
        return self._identifiers.get(chosen) if chosen is not None else None

    def _drop_twins(self) -> None:
        known: dict[bytes, str] = {}
        for name, column in list(self._inputs.items()):
            twin = known.setdefault(_fingerprint(column), name)
            if twin != name and name not in self._options.kept:
                self._dropped[name] = f"says the same as {twin} in every row"
                del self._inputs[name]

    def _judge_alone(self) -> None:
        target = self._seen.columns[self._options.target]
        scores = {name: alone(column, target.values) for name, column in self._inputs.items()}
        for name, score in scores.items():
            if score > A_COPY and name not in self._options.kept and len(self._inputs) > 1:
                self._dropped[name] = (
                    f"a copy of {target.name} in other words: alone it tells {score:.2%} of it "
                    f"(to keep it: --keep {name})"
                )
                del self._inputs[name]
        left = {name: scores[name] for name in self._inputs}
        self._warnings += [
            f"{told} (--ignore {name})" for name, told in telling(left, target.name).items()
        ]

    def _refuse_number_of_inputs(self) -> None:
        count, file = len(self._inputs), self._options.file
        if not count:
            parts = dict.fromkeys(self._times, "the time of a row") | self._dropped
            reasons = "; ".join(f"{name}: {why}" for name, why in parts.items())
            raise InvalidDataset(
                f"{file} has no column to predict {self._options.target} from"
                + (f" ({reasons})." if reasons else ".")
            )
        if count > MOST_INPUTS:
            raise InvalidDataset(
                f"{file} has {count} columns that could be inputs; at most {MOST_INPUTS} can be used: name "
                "those to leave out by --ignore."
            )

    def _ask_about_row_numbers(self) -> None:
        for name, column in self._inputs.items():
            if name not in self._options.kept and counts_rows(column):
                self._warnings.append(
                    f"{name} counts the rows, some of them twice: leave it out by --ignore {name} if it "
                    "tells nothing else"
                )

    def _ask_about_times(self, time: Column | None) -> None:
        named = [name for name, column in self._inputs.items() if may_be_time(column)]
        if time is None and named:
            self._warnings.append(
                f"no column is taken for the time of a row: if {' or '.join(named)} is, name it by --time "
                f"{named[-1]}, and the latest rows judge the model"
            )

    def _ask_about_codes(self) -> None:
        few = [
            name
            for name, column in self._inputs.items()
            if column.is_whole and 2 < len(column.distinct) <= FEW_VALUES
        ]
        if few:
            self._warnings.append(
                f"whole numbers with few values, kept as numbers: {', '.join(few)}; name those that are "
                "codes by --categories"
            )


def _forced(column: Column, options: Options) -> Column:
    words = column.as_words()
    if len(words.words) > MOST_WORDS:
        raise InvalidDataset(
            f"{options.file}, column {column.name}, has {len(words.words):,} different words; a category "
            f"has at most {MOST_WORDS:,}: leave it out by --ignore."
        )
    if too_long := [word for word in words.words if len(word) > LONGEST_WORD]:
        raise InvalidDataset(
            f"{options.file}, column {column.name}, has a word of {len(too_long[0]):,} characters; "
            f"a category's have at most {LONGEST_WORD}: leave it out by --ignore."
        )
    return words


def _fingerprint(column: Column) -> bytes:
    """Return the same for columns that say the same: the same numbers, or words for the same rows."""
    values = column.values
    if column.kind == "words":
        values = _by_appearance(values)
    content = np.where(np.isnan(values), np.inf, values + 0.0).tobytes()
    return hashlib.sha256(column.kind[:1].encode() + content).digest()


def _by_appearance(values: np.ndarray) -> np.ndarray:
    present = ~np.isnan(values)
    _, first, inverse = np.unique(values[present], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    found = np.full(len(values), np.nan)
    found[present] = rank[inverse]
    return found


def can_split(time: Column) -> bool:
    """Whether rows can be dealt to the parts of a training by their times."""
    return time.can_be_ordered and borders_of(time.values) is not None
