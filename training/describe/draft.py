"""The text of a definition, drafted from the rows: a person looks it over and keeps it."""

from collections.abc import Iterator

import numpy as np

from storage.domain.sentence import in_sentence, with_article
from training.describe.column import Column
from training.describe.facts import UNKNOWN_UNIT, Facts, values_at
from training.describe.names import PREFIXES, label_of, printable, slug, unit_of
from training.describe.roles import can_split
from training.describe.round_numbers import (
    one_digit,
    power_of_ten,
    ranges_of,
    round_step,
    spoken,
)
from training.describe.toml import Value, pair

ROWS_FILE = "rows.parquet"
RESOLUTION = 0.04
"""Of the target's standard deviation: what nobody would argue about."""
QUARTERS = ["lowest quarter", "second quarter", "third quarter", "highest quarter"]
LONGEST_SUFFIX = 20
CHART_SCALES = ((1e8, 1e-6, "million "), (2e4, 1e-3, "1,000 "))
"""From which size of the target on a chart has a larger unit."""
CARD = """# What only a person can say of the model, for the model card.
# [card]
# use = "**Intended use:** ... **Not intended for** ..."
"""


def drafted(facts: Facts) -> str:
    """Return the text of ``table.toml``."""
    parts = [
        _top(facts),
        _data(facts),
        _target(facts),
        _display(facts),
        *_inputs(facts),
        *_segments(facts),
        *_promise(facts),
        *_presets(facts),
        *_left_out(facts),
        CARD.rstrip(),
    ]
    return "\n\n".join(parts) + "\n"


def _top(facts: Facts) -> str:
    options, rows = facts.options, f"{len(facts.seen):,}"
    stem = options.file.stem if options.file.stem else "table"
    title = printable(options.title or label_of(stem))[:200] or "Table"
    one, several = options.subject
    return "\n".join(
        [
            f"# What is predicted here: drafted from {rows} rows of {printable(options.file.name)} by",
            "# `python -m training.describe`. Words, units and ranges are guesses: look them over.",
            "",
            pair(
                "name", slug(title)[:60], "of the experiment and of the registered model in MLflow"
            ),
            pair("title", title, "of the console"),
            pair(
                "about",
                f"predicts the {in_sentence(facts.label)} of {with_article(one)}"[:200],
                "follows the title in a sentence",
            ),
            f"subject = {{ {pair('singular', one)}, {pair('plural', several)} }}",
        ]
    )


def _data(facts: Facts) -> str:
    roles, names = facts.roles, facts.names
    lines = ["[data]", pair("file", ROWS_FILE, "the usable rows; in this folder")]
    if roles.time is not None:
        lines.append(pair("time", names[roles.time.name], "when a row was recorded; no input"))
        lines.append(
            pair("split", "time", 'judged by the latest rows; or "random"')
            if can_split(roles.time)
            else pair("split", "random", "its times are too few or not all there to split by")
        )
    if roles.identifier is not None:
        lines.append(
            pair("identifier", names[roles.identifier.name], "your own id of a row; no input")
        )
    return "\n".join(lines)


def _target(facts: Facts) -> str:
    target = facts.roles.target
    ranges = ranges_of(target.present, is_integer=False)
    unit = "what is one? For example EUR" if facts.unit == UNKNOWN_UNIT else ""
    return "\n".join(
        [
            "[target]",
            *_was_called(facts, target),
            pair("name", facts.names[target.name]),
            pair("unit", facts.unit, unit),
            pair("accepted", ranges.accepted, "no prediction is outside"),
            pair("typical", ranges.typical, "what nearly all rows are between"),
            pair("resolution", resolution(target), "smaller differences matter to nobody"),
        ]
    )


def _display(facts: Facts) -> str:
    lines = ["[target.display]", pair("label", facts.label)]
    unit = facts.unit
    if unit in PREFIXES:
        lines.append(pair("prefix", PREFIXES[unit]))
    elif unit != UNKNOWN_UNIT:
        suffix = unit if unit in ("%", "°") else f" {unit}"
        lines += [pair("suffix", suffix)] if len(suffix) <= LONGEST_SUFFIX else []
    size = float(np.quantile(np.abs(facts.roles.target.present), 0.9))
    factor, words = next(
        ((factor, words) for least, factor, words in CHART_SCALES if size >= least), (1, "")
    )
    step = power_of_ten(resolution(facts.roles.target) / 3)
    chart = f"{{ {pair('factor', factor)}, {pair('unit', f'{words}{unit}'[:200])} }}"
    return "\n".join(
        [*lines, pair("step", step, "values are written to its multiples"), f"chart = {chart}"]
    )


def resolution(target: Column) -> float:
    """Return four hundredths of the standard deviation, as one digit."""
    largest = float(np.abs(target.present).max())
    spread = float((target.present / largest).std()) * largest
    return one_digit(max(RESOLUTION * spread, np.finfo(np.float64).tiny * 1e20))


def _inputs(facts: Facts) -> Iterator[str]:
    comment = (
        '# "accepted" is what the service takes: all rows, with room. "typical" is what nearly all\n'
        "# of them are between, a sensible range for a form.\n\n"
    )
    for place, one in enumerate(facts.roles.inputs):
        lines = ["[[inputs]]", *_was_called(facts, one)]
        lines.append(pair("name", facts.names[one.name]))
        lines.append(pair("label", label_of(one.name)))
        if unit := unit_of(one.name):
            lines.append(pair("unit", unit[:200]))
        lines.append(pair("description", _description(one)))
        lines += _category(one) if one.kind == "words" else _number(one)
        if one.missing:
            lines.append(
                pair("missing", True, f"empty in {_share(one.missing / len(one))} of the rows")
            )
        lines.append(pair("example", facts.example[one.name]))
        yield ("" if place else comment) + "\n".join(lines)


def _category(one: Column) -> list[str]:
    return [pair("kind", "category"), pair("categories", list(one.words))]


def _number(one: Column) -> list[str]:
    ranges = ranges_of(one.present, is_integer=one.is_whole)
    kind = [pair("kind", "integer")] if one.kind == "integer" else []
    return [
        *kind,
        pair("accepted", ranges.accepted),
        pair("typical", ranges.typical),
        pair("step", ranges.step),
    ]


def _was_called(facts: Facts, column: Column) -> list[str]:
    if facts.names[column.name] == column.name:
        return []
    return [f"# In the file: {printable(column.name)[:100]!r}. In {ROWS_FILE} it has this name:"]


def _description(one: Column) -> str:
    label = label_of(one.name)
    if one.kind == "words":
        counts = np.bincount(one.present.astype(np.intp), minlength=len(one.words))
        most = printable(one.words[int(np.argmax(counts))])[:60]
        return f"{label[:100]}; most often {most}."
    low, high = np.quantile(one.present, [0.25, 0.75])
    return f"{label[:100]}; half of the rows are between {spoken(low)} and {spoken(high)}."


def _share(share: float) -> str:
    return f"{share:.1%}" if share >= 0.001 else "less than 0.1%"


def _segments(facts: Facts) -> Iterator[str]:
    used: set[str] = set()
    comment = "# The segments that errors are shown and compared by.\n"
    for one in facts.quartered:
        yield (
            comment
            + _segment(facts, one, "quarters", used)
            + "\n"
            + pair("names", list[Value](QUARTERS))
        )
        comment = ""
    if (words := facts.segmented) is not None:
        yield comment + _segment(facts, words, "categories", used)


def _segment(facts: Facts, one: Column, by: str, used: set[str]) -> str:
    kind = slug(one.name, "_", letters_only=True)[:36]
    while kind in used:
        kind += "_b"
    used.add(kind)
    return "\n".join(
        [
            "[[segments]]",
            pair("by", by),
            pair("kind", kind),
            pair("label", label_of(one.name)),
            pair("input", facts.names[one.name]),
        ]
    )


def _promise(facts: Facts) -> Iterator[str]:
    one = facts.rising
    if one is None:
        return
    ranges = ranges_of(one.present, is_integer=one.is_whole)
    span = ranges.typical[1] - ranges.typical[0]
    rises: list[Value] = [round_step(span * part) for part in (0.02, 0.05, 0.1, 0.2)]
    if one.kind == "integer":
        rises = sorted({max(1, round(float(rise))) for rise in rises})
    what = facts.names[one.name]
    yield "\n".join(
        [
            f"# In the rows, {facts.names[facts.options.target]} rises with {what}. If all models must,",
            "# remove the marks before the next three lines:",
            "# [promises]",
            f"# {pair('rising', what)}",
            f"# {pair('rises', rises)}",
        ]
    )


def _presets(facts: Facts) -> Iterator[str]:
    comment = "# Real rows to start from.\n"
    file = printable(facts.options.file.name)[:100]
    for name, row in facts.presets():
        yield comment + "\n".join(
            [
                "[[presets]]",
                pair("name", name),
                pair("kind", f"row {int(facts.seen.rows[row])} of {file}"),
                pair("inputs", values_at(facts.roles.inputs, row)),
                pair("recorded", float(facts.roles.target.values[row])),
            ]
        )
        comment = ""


def _left_out(facts: Facts) -> Iterator[str]:
    dropped = facts.roles.dropped
    if dropped:
        lines = [
            f"#   {printable(name)[:60]}: {printable(why)[:200]}" for name, why in dropped.items()
        ]
        yield "\n".join(["# Columns of the file that are no part of this table, and why:", *lines])
