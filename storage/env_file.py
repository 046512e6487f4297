"""Files of ``NAME=value`` lines, ``.env`` and ``keys.env``: read as a shell does, refused where in doubt."""

from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from storage.errors import InvalidInput

ENCODING = "utf-8-sig"
"""UTF-8; the mark that Windows' editors put first would otherwise become part of the first name."""


@dataclass(frozen=True)
class Assignment:
    """One line: quotes and ``export`` are taken off; ``value`` is None without an equals sign."""

    name: str
    value: str | None
    line: int


def assignments(path: Path) -> list[Assignment]:
    """Return the assignments of a file, in order; empty lines and comments are none.

    Raises
    ------
    InvalidInput
        If the file cannot be read, is not UTF-8, or has a line that is no assignment. No value is shown.
    """
    try:
        with path.open(encoding=ENCODING) as stream:
            bindings = list(parse_stream(stream))
    except UnicodeDecodeError as error:
        raise _not_text(path) from error
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be read ({error.strerror}); fix its permissions, or move it away."
        ) from error
    if any("\0" in binding.original.string for binding in bindings):  # UTF-16 without its mark
        raise _not_text(path)
    return [_assignment(path, each) for each in bindings if each.error or each.key is not None]


def _assignment(path: Path, binding: Binding) -> Assignment:
    # The parser counts the empty lines before an assignment as part of it.
    text = binding.original.string
    line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
    if binding.error or binding.key is None:
        raise InvalidInput(
            f"Line {line} of {path} is not of the form NAME=value (is a quote open?); correct it."
        )
    return Assignment(binding.key, binding.value, line)


def _not_text(path: Path) -> InvalidInput:
    return InvalidInput(f"{path} is not UTF-8 text; save it again as UTF-8.")
