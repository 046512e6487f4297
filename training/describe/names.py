"""Names that a column of the product can have, and words for a person, from the names in a file."""

import re
import unicodedata
from collections.abc import Sequence

from storage.domain.definition import RESERVED

LONGEST = 60
BRACKETS = re.compile(r"^(?P<name>.*\S)\s*[\[(](?P<unit>[^\])]{1,30})[\])]\s*$")
UNITS = frozenset(
    [
        "kg",
        "g",
        "mg",
        "t",
        "lb",
        "km",
        "m",
        "cm",
        "mm",
        "mi",
        "ft",
        "kw",
        "mw",
        "kwh",
        "mwh",
        "hp",
        "w",
        "v",
        "a",
        "hz",
        "bar",
        "pa",
        "hpa",
        "kpa",
        "mpa",
        "c",
        "f",
        "k",
        "l",
        "ml",
        "eur",
        "usd",
        "gbp",
        "chf",
        "pct",
        "percent",
        "days",
        "hours",
        "minutes",
        "seconds",
        "years",
        "months",
        "weeks",
        "kmh",
        "mph",
    ]
)
"""Last parts of names such as weight_kg."""
CASED = (
    "K",
    "kW",
    "MW",
    "kWh",
    "MWh",
    "W",
    "V",
    "A",
    "Hz",
    "Pa",
    "hPa",
    "kPa",
    "MPa",
    "EUR",
    "USD",
    "GBP",
)
UNIT_WORDS = {"pct": "%", "percent": "%", "c": "°C", "f": "°F", "kmh": "km/h"} | {
    word.casefold(): word for word in CASED
}
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "usd": "USD", "eur": "EUR", "gbp": "GBP"}
PREFIXES = {"USD": "$", "GBP": "£"}


def valid_names(names: Sequence[str], free: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return for each name of a column the one that it has in the product: the same wherever that is valid.

    Parameters
    ----------
    free
        Names of columns that are no input and not the target, which records need not have.

    Examples
    --------
    >>> valid_names(["price", "engine size (l)", "Préis", "id", "3d", "Price"])["engine size (l)"]
    'engine_size_l'
    >>> list(valid_names(["price", "Préis", "id", "3d", "Price"]).values())
    ['price', 'Preis', 'id_', 'x3d', 'Price_2']
    """
    found: dict[str, str] = {}
    # Those that are valid come first: no other takes their name.
    for name in sorted(names, key=lambda each: _valid(each) != each):
        valid = _valid(name)
        if name not in free and valid.casefold() in RESERVED:
            valid = f"{valid}_"
        found[name] = _unused(valid, {one.casefold() for one in found.values()})
    return {name: found[name] for name in names}


def label_of(name: str) -> str:
    """Return a name as a person writes it.

    Examples
    --------
    >>> label_of("engine_size"), label_of("horsePower"), label_of("BMI"), label_of("weight_kg")
    ('Engine size', 'Horse power', 'BMI', 'Weight')
    """
    bracketed = BRACKETS.match(name)
    text = bracketed["name"] if bracketed else name
    if not bracketed and unit_of(name):
        text = text.rpartition("_")[0]
    text = re.sub(r"[_\s.]+", " ", text).strip()
    words = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text).split(" ")
    spoken = [word if word.isupper() else word.lower() for word in words]
    label = " ".join(spoken) or name.strip()
    return printable(label[:1].upper() + label[1:])[:200] or "Column"


def unit_of(name: str) -> str:
    """Return the unit that a name tells; empty if it tells none.

    Examples
    --------
    >>> unit_of("weight (kg)"), unit_of("power_kw"), unit_of("price")
    ('kg', 'kW', '')
    """
    if bracketed := BRACKETS.match(name):
        return printable(bracketed["unit"].strip())
    first, _, last = name.rpartition("_")
    return UNIT_WORDS.get(last.casefold(), last) if first and last.casefold() in UNITS else ""


def slug(text: str, separator: str = "-", *, letters_only: bool = False) -> str:
    """Return small letters (and digits) of a text, beginning with a letter.

    Examples
    --------
    >>> slug("Used cars 2024.v2"), slug("Engine size 2", "_", letters_only=True)
    ('used-cars-2024-v2', 'engine_size')
    """
    kept = "[^a-z]+" if letters_only else "[^a-z0-9]+"
    found = re.sub(kept, separator, _ascii(text).lower()).strip(separator)
    return found if found[:1].isalpha() else f"table{separator}{found}".strip(separator)


def printable(text: str) -> str:
    """Return text in one line, without controls."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _valid(name: str) -> str:
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,59}", name):
        return name
    found = re.sub(r"[^A-Za-z0-9]+", "_", _ascii(name)).strip("_")
    return (found if found[:1].isalpha() else f"x{found}")[:LONGEST]


def _ascii(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return spread.encode("ascii", "ignore").decode("ascii")


def _unused(name: str, used: set[str]) -> str:
    found, number = name[:LONGEST], 2
    while found.casefold() in used:
        ending = f"_{number}"
        found, number = name[: LONGEST - len(ending)] + ending, number + 1
    return found
