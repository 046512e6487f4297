"""How well the training data supports an answer, in words with the number."""

from dataclasses import dataclass
from typing import Literal

from backend.contract.definition import SUBJECTS
from dashboard.wording.words import VALUE

SPARSE_BELOW = 0.05
"""Fewer than one in twenty training rows are this far from the others."""


@dataclass(frozen=True)
class SupportWords:
    """A verdict, its colour, and what it means for the prediction."""

    verdict: str
    colour: Literal["green", "orange", "red"]
    meaning: str


def support_words(support: float) -> SupportWords:
    """Say what a support from 0 to 1 means.

    Examples
    --------
    >>> support_words(0.42).verdict, support_words(0.01).verdict, support_words(0.0).verdict
    ('Well supported', 'Sparse', 'Extrapolation')
    """
    if support <= 0:
        return SupportWords(
            "Extrapolation", "red", f"Outside the training data: do not rely on this {VALUE}."
        )
    if support < SPARSE_BELOW:
        meaning = f"Farther from training data than {_share(1 - support)} of {SUBJECTS}: treat with caution."
        return SupportWords("Sparse", "orange", meaning)
    meaning = f"At least as close to the training data as {_share(support)} of its own {SUBJECTS}."
    return SupportWords("Well supported", "green", meaning)


def _share(share: float) -> str:
    return f"{min(share, 0.99):.0%}"


def support_line(support: float) -> str:
    """Return one line of Markdown: the verdict with its number, and the meaning."""
    words = support_words(support)
    return (
        f":{words.colour}-badge[{words.verdict} · support {support:.2f}] "
        f":small[:gray[{words.meaning}]]"
    )
