"""Text that others wrote, within a sentence of Markdown."""

MARKS = "\\`*_[]():$#<>~"


def plain(text: str) -> str:
    r"""Keep text from being read as Markdown.

    Examples
    --------
    >>> print(plain("may_2024.csv"))
    may\_2024.csv
    """
    return "".join(f"\\{letter}" if letter in MARKS else letter for letter in text)
