"""Which columns of a file may be inputs that it has under other names: for a person to confirm."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from re import findall, sub

from storage.domain.inputs import FEATURES

LABELS = {feature.name: feature.label for feature in FEATURES}
ENOUGH = 0.62
"""Of a likeness from 0 to 1. Below, a guess is more often wrong than right."""
SHORTEST = 3
"""Letters that an abbreviation has."""


def guesses(missing: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """Return the likeliest of the found columns for each missing input, each column at most once.

    Parameters
    ----------
    missing
        Names of inputs.
    found
        Names of the file's columns that nothing else is taken for.
    """
    pairs = [
        (likeness(name, column), name, column)
        for name in missing
        for column in dict.fromkeys(found)
    ]
    chosen: dict[str, str] = {}
    for alike, name, column in sorted(pairs, key=lambda pair: -pair[0]):
        if alike >= ENOUGH and name not in chosen and column not in chosen.values():
            chosen[name] = column
    return chosen


def proposal(named: Mapping[str, str], missing: Sequence[str], found: Sequence[str]) -> str:
    """Return a guess for missing inputs as a sentence with options of a command; empty if there is none."""
    likely = guesses(missing, [column for column in found if column not in named.values()])
    options = [f"--column {_quoted(f'{name}={column}')}" for name, column in likely.items()]
    return f"If that is meant: {' '.join(options)}" if options else ""


def likeness(name: str, column: str) -> float:
    """Return how alike an input and a column are, from 0 to 1: by its name or by its label."""
    return max(_alike(words, _words(column)) for words in map(_words, (name, LABELS[name])))


def _alike(ours: list[str], theirs: list[str]) -> float:
    one, other = "".join(ours), "".join(theirs)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    if set(ours) <= set(theirs) or (set(theirs) <= set(ours) and len(other) >= SHORTEST):
        return 0.9
    return max(_short_form(one, other), SequenceMatcher(None, one, other).ratio())


def _short_form(one: str, other: str) -> float:
    """Return 0.8 if one begins with the other, 0.7 if it has the other's letters in order: lng, hsg."""
    short, long = sorted((one, other), key=len)
    if len(short) < SHORTEST or short[0] != long[0]:
        return 0.0
    if long.startswith(short):
        return 0.8
    letters = iter(long)
    in_order = all(letter in letters for letter in short)
    return 0.7 if in_order and len(short) <= SHORTEST + 1 else 0.0


def _words(text: str) -> list[str]:
    """Return the words of a name: LegCount, leg_count and "Leg count" have the same."""
    return findall(r"[^\W_]+", sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())


def _quoted(text: str) -> str:
    return text if all(letter.isalnum() or letter in "_=-.:/" for letter in text) else f"'{text}'"
