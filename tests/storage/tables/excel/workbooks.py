"""Workbooks made for tests, as spreadsheets and as programs write them."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

Rows = Sequence[Any]


def workbook(sheets: Mapping[str, Rows] | Rows, hidden: Sequence[str] = ()) -> bytes:
    """Return an .xlsx file with some sheets, or with one called Sheet; formulas have no saved values."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet": sheets}).items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if title in hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    made.save(stream)
    made.close()
    return stream.getvalue()


def edited(content: bytes, part: str, pattern: str, replacement: str) -> bytes:
    """Return a workbook with a part in which a pattern is replaced; at least once."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(stream, "w") as write:
        for name in read.namelist():
            text = read.read(name)
            if name == part:
                new, count = re.subn(pattern.encode(), replacement.encode(), text)
                assert count, text
                text = new
            write.writestr(name, text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
