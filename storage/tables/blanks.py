"""Blank characters around a cell's content, the same for every reader of tables."""

import unicodedata

_CONTROL = [chr(code) for code in (*range(0x21), *range(0x7F, 0xA1))]
_SPACES = [
    chr(code)
    for code in range(0x1680, 0x3001)
    if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cf")
]
BLANKS = "".join([*_CONTROL, *_SPACES, "\u00ad", "\ufeff"])
"""Spaces of any width (no-break, thin, ideographic), line separators, zero-width marks and controls."""


def trimmed(text: str) -> str:
    r"""Return a cell without the blanks around it.

    >>> trimmed("\u00a0322\u3000\x1c")
    '322'
    """
    return text.strip(BLANKS)
