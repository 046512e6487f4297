"""Words of the table's definition, as they stand in a sentence."""

from backend.contract.definition import DISPLAY, SUBJECT, SUBJECTS, UNIT_WORDS, with_article
from backend.contract.definition import VALUE as VALUE
from backend.contract.definition import in_sentence as in_sentence
from backend.contract.predictions import FEATURE_NAMES

NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def capitalized(words: str) -> str:
    """Return words with a capital first letter; the others stay."""
    return words[:1].upper() + words[1:]


def numeral(count: int) -> str:
    """Write a small number as a word.

    Examples
    --------
    >>> numeral(8), numeral(200)
    ('eight', '200')
    """
    return NUMERALS[count] if count < len(NUMERALS) else f"{count:,}"


LABEL = DISPLAY.label
"""What a value of the target is called, as a title."""
A_SUBJECT = with_article(SUBJECT)
ALL_SUBJECTS = f"All {SUBJECTS}"
INPUTS = f"{numeral(len(FEATURE_NAMES))} input{'' if len(FEATURE_NAMES) == 1 else 's'}"
"""How many inputs there are, in words."""


def in_units(title: str) -> str:
    """Return a title with the written unit in words, if there are any.

    Examples
    --------
    >>> in_units("Prices")
    'Prices, 1990 US dollars'
    """
    return f"{title}, {UNIT_WORDS}" if UNIT_WORDS else title
