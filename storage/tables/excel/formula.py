"""Formulas of a sheet whose values were not saved, so that none is taken for an empty cell."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape

from openpyxl.utils.cell import coordinate_to_tuple

PIECE_BYTES = 1024 * 1024
LONGEST_CELL = 256 * 1024
"""No cell of Excel is longer: 32,767 characters, escaped."""
CELL = re.compile(
    rb"""<(?:\w+:)?c\b(?![^>]*\bt="str")[^>]*\br="(?P<place>[A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*"""
    rb"""<(?:\w+:)?f\b[^>]*(?:/>|>(?P<formula>[^<]*)</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
"""A cell with a formula and no value. One of text (str) may have the empty text as its value."""
LONGEST_FORMULA = 60


def unsaved_formulas(archive: zipfile.ZipFile, part: str) -> dict[tuple[int, int], str]:
    """Return the formulas without a value of a sheet, by row and column from 1.

    Programs that write workbooks without computing them leave such cells; a spreadsheet computes and saves
    them.
    """
    return {
        coordinate_to_tuple(found["place"].decode()): _shown(found["formula"] or b"")
        for cells in _cells(archive, part)
        for found in CELL.finditer(cells)
    }


def _shown(formula: bytes) -> str:
    text = " ".join(unescape(formula.decode("utf-8", errors="replace")).split())
    return f"={text[:LONGEST_FORMULA]}"


def _cells(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the text of a sheet in pieces that end with a cell."""
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(PIECE_BYTES):
            rest += piece
            end = rest.rfind(b"c>") + len(b"c>")
            if end > 1:
                yield rest[:end]
                rest = rest[end:]
            rest = rest[-LONGEST_CELL:]
