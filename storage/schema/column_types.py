"""Types of columns that refuse what cannot have been written: SQLite keeps any value in any column."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from storage.schema.unreadable import UnreadableValue

Value = TypeVar("Value")


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database.

    SQLite keeps no time zone, so the value is turned to UTC before it is written there.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """Return what turns a stored value into a time, and refuses one that is none."""
        process: Any = super().result_processor(dialect, coltype)

        def read(value: Any) -> Any:
            try:
                return process(value)
            except (TypeError, ValueError) as error:
                raise UnreadableValue(f"a stored time is none: {error}") from error

        return read

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn an aware time to UTC; a naive one is a defect."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the stored time as an aware one."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Checked(sa.types.TypeDecorator[Value]):
    """A type whose values have one class in Python."""

    cache_ok = True
    kind: type
    noun: str

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what passes a possible value on, without converting it."""

        def read(value: Any) -> Any:
            if value is None or value.__class__ is self.kind:
                return value
            raise UnreadableValue(f"a stored value is no {self.noun}")

        return read


class Text(_Checked[str]):
    """A text of any length."""

    impl = sa.Text
    cache_ok = True
    kind, noun = str, "text"


class ShortText(_Checked[str]):
    """A text of at most so many characters, or one of a few."""

    impl = sa.String
    cache_ok = True
    kind, noun = str, "text"

    def __init__(self, length: int, allowed: Collection[str] = ()) -> None:
        super().__init__(length)
        self.length = length
        self.allowed = tuple(allowed)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what refuses what is no text, or none of those."""
        read = super().result_processor(dialect, coltype)
        if not self.allowed:
            return read

        def read_allowed(value: Any) -> Any:
            if value not in self.allowed and read(value) is not None:
                raise UnreadableValue("a stored text is none of those that are possible")
            return value

        return read_allowed


class Whole(_Checked[int]):
    """A whole number of 32 bits."""

    impl = sa.Integer
    cache_ok = True
    kind, noun = int, "whole number"


class LongWhole(_Checked[int]):
    """A whole number of 64 bits."""

    impl = sa.BigInteger
    cache_ok = True
    kind, noun = int, "whole number"


class Bytes(_Checked[bytes]):
    """Bytes."""

    impl = sa.LargeBinary
    cache_ok = True
    kind, noun = bytes, "value of bytes"


class ShortTexts(sa.types.TypeDecorator[dict[str, str]]):
    """Texts by name, as JSON; None is null."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def process_result_value(
        self, value: dict[str, Any] | None, dialect: sa.Dialect
    ) -> dict[str, str] | None:
        """Pass texts on; refuse anything else."""
        if value is None or all(each.__class__ is str for each in value.values()):
            return value
        raise UnreadableValue("a stored value is no text")
