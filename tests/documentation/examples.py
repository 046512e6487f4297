"""The examples of README and pages: fenced blocks that the suite runs against a real service.

A ``console`` block holds commands after ``$``, and below each what it prints. A ``python`` block is a
program. Blocks of any other language are only shown: what needs Docker, PostgreSQL or another terminal is a
``shell`` block.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.system import REPOSITORY

BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Example:
    """One command or program; ``shown`` is what the page says that it prints, and may be empty."""

    page: Path
    language: str
    text: str
    shown: str = ""


def examples(page: Path) -> list[Example]:
    """Return the examples of one page in the order in which a reader meets them."""
    return [
        example
        for language, content in BLOCK.findall(page.read_text())
        for example in _of_block(page, language, content)
    ]


def _of_block(page: Path, language: str, content: str) -> Iterator[Example]:
    if language == "python":
        yield Example(page, language, content)
        return
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, shown = _split(part)
        yield Example(page, language, command, shown)


def _split(part: str) -> tuple[str, str]:
    """Return a command and what it prints; the command goes on while a line ends in a backslash or is open.

    Examples
    --------
    >>> _split("curl x \\\\\\n  -d y\\n{}")
    ('curl x \\\\\\n  -d y', '{}')
    """
    lines = part.splitlines()
    end = 1
    while end < len(lines) and (lines[end - 1].endswith("\\") or _is_open(lines[:end])):
        end += 1
    return "\n".join(lines[:end]), "\n".join(lines[end:])


def _is_open(lines: list[str]) -> bool:
    """Whether a quotation or a here-document that began in these lines has not ended."""
    document = re.search(r"<<'(\w+)'", lines[0])
    if document:
        return document[1] not in lines[1:]
    return "\n".join(lines).count("'") % 2 == 1
