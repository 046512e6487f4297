"""What a person is told of a table that was drafted: one screen."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from storage.tables.problem import counted
from training.dataset.doubts import about_rows, about_target
from training.describe.column import Column
from training.describe.facts import UNKNOWN_UNIT, Facts
from training.describe.roles import can_split
from training.describe.round_numbers import spoken

MOST_LINES = 8
"""Of one list; further ones are counted, and are in the definition."""


def report(facts: Facts, folder: Path, next_command: str) -> str:
    """Return the lines; ``next_command`` is the last."""
    file, seen = facts.options.file, facts.seen
    lines = [
        seen.understood.sentence(),
        f"{file}: {counted(seen.read, 'row')}, {len(seen):,} usable; {_inputs(facts)}"
        f" for {facts.options.target}.",
        f"  {_target(facts)}",
        *_part("Left out", [f"{sentence}" for sentence in seen.left_out]),
        *_part("Not inputs", list(_not_inputs(facts))),
        *_part("Look over", list(_look_over(facts))),
        "",
        f"Written: {folder}/table.toml, {folder}/rows.parquet. Look the first over, then:",
        f"  {next_command}",
    ]
    return "\n".join(lines)


def _part(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    shown = [f"  {line}" for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return ["", f"{title}:", *shown, *([f"  and {more} more"] if more else [])]


def _inputs(facts: Facts) -> str:
    inputs = facts.roles.inputs
    return f"{counted(len(inputs), 'input')} ({_kinds(inputs)})"


def _kinds(inputs: tuple[Column, ...]) -> str:
    words = {"number": "number", "integer": "whole number", "words": "category"}
    plural = {"category": "categories"}
    told = []
    for kind, word in words.items():
        count = sum(one.kind == kind for one in inputs)
        if count:
            told.append(f"1 {word}" if count == 1 else f"{count} {plural.get(word, word + 's')}")
    return ", ".join(told)


def _target(facts: Facts) -> str:
    values = facts.roles.target.present
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return (
        f"{facts.options.target}: {spoken(values.min())} to {spoken(values.max())}, middle {spoken(middle)}, "
        f"nine in ten between {spoken(low)} and {spoken(high)}."
    )


def _not_inputs(facts: Facts) -> Iterator[str]:
    roles = facts.roles
    if roles.time is not None:
        how = (
            "the latest rows judge the model" if can_split(roles.time) else "too uneven to split by"
        )
        yield f"{roles.time.name}: the time of a row; {how}"
    if roles.identifier is not None:
        yield f"{roles.identifier.name}: your own id of a row"
    if facts.seen.has_row_names:
        yield "the first column, which has no name: taken for numbers of rows"
    for name, why in roles.dropped.items():
        yield f"{name}: {why}"


def _look_over(facts: Facts) -> Iterator[str]:
    yield from facts.roles.warnings
    if facts.unit == UNKNOWN_UNIT:
        yield f'the unit of {facts.options.target} is not known, so it is called "{UNKNOWN_UNIT}": --unit EUR'
    yield from about_target(facts.roles.target)
    yield from about_rows(facts.roles.inputs, facts.roles.target)
    if renamed := [f"{old} -> {new}" for old, new in facts.names.items() if old != new]:
        yield f"renamed, for names are letters, digits and underscores: {_some(renamed)}"
    if empty := [one.name for one in facts.roles.inputs if one.missing]:
        yield f"may be empty: {_some(empty)}"
    if marked := [one for one in facts.roles.inputs if one.marks]:
        marks = sorted({repr(mark) for one in marked for mark in one.marks})
        yield f"taken for empty: {_some(marks)} (in {_some([one.name for one in marked])})"


def _some(names: list[str], most: int = 6) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
