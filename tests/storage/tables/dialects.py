"""How people's programs write tables: separators, quotes, encodings, ends of lines."""

from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st

BLANKS = ["", "", "", " ", "\u00a0", "\u2009", "\u3000", "\x1c", "\u2028"]


@dataclass(frozen=True)
class Style:
    """How a person's program writes files."""

    separator: str
    decimal: str
    codec: str
    line_end: str
    quotes_all: bool
    above: list[str]

    def cell(self, text: str) -> str:
        needs_quotes = self.quotes_all or any(each in text for each in (self.separator, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if needs_quotes else text

    def number(self, value: float, blank: str) -> str:
        return blank + repr(value).replace(".", self.decimal) + blank

    def line(self, cells: list[str]) -> str:
        return self.separator.join(self.cell(cell) for cell in cells)

    def written(self, text: str) -> bytes:
        """Return the file, if a reader can know its encoding: "Âª" in Windows-1252 is "ª" in UTF-8."""
        content = text.encode(self.codec)
        assume(self.codec != "cp1252" or not _is_also_utf_8(content))
        return content


def _is_also_utf_8(content: bytes) -> bool:
    try:
        return not content.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


STYLES = st.builds(
    Style,
    separator=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.just("."),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quotes_all=st.booleans(),
    above=st.lists(st.sampled_from(["", "# made by hand", "  "]), max_size=3),
)
