"""The examples of README and pages: fenced blocks that the suite runs against a real service.

``bash`` and ``python`` blocks are run; a ``json`` block right after one has fields of what it prints. Blocks
of any other language are only shown: what needs Docker, PostgreSQL or another terminal is a ``shell`` block.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.system import REPOSITORY

BLOCK = re.compile(
    r"^```(?P<language>bash|python)\n(?P<text>.*?)^```$(?:\n\n```json\n(?P<shown>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Example:
    """One block; ``shown`` is what the page says that it prints, as JSON, and may be empty."""

    language: str
    text: str
    shown: str


def examples(page: Path) -> list[Example]:
    """Return the examples of one page in the order in which a reader meets them."""
    return [
        Example(block["language"], block["text"], block["shown"] or "")
        for block in BLOCK.finditer(page.read_text())
    ]
