"""The columns of a scored file, on the page and from the command alike."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from storage.domain.target import DISPLAY

GIVEN = "given_"
"""Before the name of a column of the file that the result has itself."""


class Warned(Protocol):
    """A warning about an input."""

    @property
    def message(self) -> str:
        """One sentence."""


def _shown_names() -> tuple[str, ...]:
    """Return the names of prediction and bounds as a person reads them, if that is another unit."""
    if DISPLAY.factor == 1:
        return ()
    unit = (DISPLAY.prefix or DISPLAY.suffix).strip() or DISPLAY.unit
    return tuple(
        f"{DISPLAY.label}{which} ({unit})" if unit else f"{DISPLAY.label}{which}"
        for which in ("", " from", " to")
    )


SHOWN_NAMES = _shown_names()
"""Prediction, lower and upper bound as a person reads them; none where that is the target's unit anyway."""


def kept_names(names: Sequence[str], taken: Collection[str]) -> list[str]:
    """Return the names of a file's further columns in the result, in which no two are the same.

    Examples
    --------
    >>> kept_names(["note", "prediction", "note"], ["row", "prediction"])
    ['note', 'given_prediction', 'note_2']
    """
    used, chosen = set(taken), []
    for name in names:
        first = GIVEN + name if name in taken else name
        free, number = first, 2
        while free in used:
            free, number = f"{first}_{number}", number + 1
        used.add(free)
        chosen.append(free)
    return chosen


def warnings_text(warnings: Iterable[Warned]) -> str:
    """Return the warnings about one row as one cell; empty without any."""
    return "; ".join(warning.message for warning in warnings)
