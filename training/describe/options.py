"""The options of the command: what a person says of a table beside the file itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """The options of the command.

    Attributes
    ----------
    file
        The table.
    target
        The column that is predicted.
    subject
        What one row is called, and several.
    categories, ignored, kept
        Columns that are categories, that are left out, and that stay inputs whatever was found.
    time, identifier
        Columns that are no inputs; None: to be found.
    decimal
        The decimal mark of the file, a point or a comma; None: to be found.
    """

    file: Path
    target: str
    title: str | None = None
    subject: tuple[str, str] = ("row", "rows")
    unit: str | None = None
    categories: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    time: str | None = None
    identifier: str | None = None
    decimal: str | None = None

    def named(self) -> tuple[str, ...]:
        """Return the columns that must be in the file, each once."""
        return tuple(dict.fromkeys([self.target, *self._others()]))

    def _others(self) -> Iterator[str]:
        yield from self.categories
        yield from self.kept
        if self.time is not None:
            yield self.time
        if self.identifier is not None:
            yield self.identifier
