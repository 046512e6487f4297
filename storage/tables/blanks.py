"""The characters that are no part of a cell's content, the same for every reader of tables."""

import unicodedata

_CONTROL = [chr(code) for code in (*range(0x21), *range(0x7F, 0xA1))]
_SPACES = [
    chr(code)
    for code in range(0x1680, 0x3001)
    if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cf")
]
BLANKS = "".join([*_CONTROL, *_SPACES, "\u00ad", "\ufeff"])
"""Spaces of any width (no-break, thin, ideographic), separators of lines, marks without a width, controls."""


def trimmed(text: str) -> str:
    r"""Return a cell without the blanks around it.

    >>> trimmed("\u00a0322\u3000\x1c")
    '322'
    """
    return text.strip(BLANKS)
