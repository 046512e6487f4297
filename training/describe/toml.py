"""Values as TOML writes them."""

import json
import math
from collections.abc import Sequence

LINE = 110
"""Longest line of a list; a longer list has several."""

Value = str | int | float | bool


def written(value: Value) -> str:
    r"""Write a value.

    Examples
    --------
    >>> written('5" pipe\n'), written(True), written(0.25), written(1e300)
    ('"5\\" pipe\\n"', 'true', '0.25', '1e+300')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no value of a definition")
    return repr(value)


def pair(key: str, value: Value | Sequence[Value], comment: str = "") -> str:
    """Write a key and its value, with a comment beside it."""
    if isinstance(value, str | int | float):
        line = f"{key} = {written(value)}"
    else:
        line = f"{key} = {_listed([written(one) for one in value])}"
    return f"{line:<38} # {comment}" if comment and "\n" not in line else line


def _listed(values: Sequence[str]) -> str:
    line = f"[{', '.join(values)}]"
    if len(line) <= LINE - 20:
        return line
    lines, current = [], "  "
    for value in values:
        if len(current) + len(value) + 2 > LINE and current.strip():
            lines.append(current.rstrip())
            current = "  "
        current += f"{value}, "
    return "\n".join(["[", *lines, current.rstrip(), "]"])
