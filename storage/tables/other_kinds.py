"""What a file is instead of a table, told by its first bytes."""

import re

_UNPACK, _EXPORT = "unpack it first", "save the table as CSV or Parquet"
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (
        rb"\xd0\xcf\x11\xe0",
        "an old Excel workbook (.xls), or one with a password: save it as .xlsx without a password, or the "
        "sheet as CSV",
    ),
    (rb"\x1f\x8b", f"compressed with gzip: {_UNPACK}"),
    (rb"BZh[1-9]1AY&SY", f"compressed with bzip2: {_UNPACK}"),
    (rb"\x28\xb5\x2f\xfd", f"compressed with Zstandard: {_UNPACK}"),
    (rb"\xfd7zXZ\0", f"compressed with xz: {_UNPACK}"),
    (rb"\x04\x22\x4d\x18", f"compressed with LZ4: {_UNPACK}"),
    (rb"7z\xbc\xaf\x27\x1c", f"a 7-Zip archive: {_UNPACK}"),
    (rb"Rar!\x1a", f"a RAR archive: {_UNPACK}"),
    (rb"%PDF-", "a PDF document: save the table as CSV"),
    (rb"ARROW1\0\0", f"an Arrow (Feather) file: {_EXPORT}"),
    (rb"\x89HDF", f"an HDF5 file: {_EXPORT}"),
    (rb"Obj\x01", f"an Avro file: {_EXPORT}"),
    (rb"ORC[^ -~]", f"an ORC file: {_EXPORT}"),
    (rb"SQLite format 3\0", f"a SQLite database: {_EXPORT}"),
    (rb"\x93NUMPY", f"a NumPy array: {_EXPORT}"),
    (rb"\x80[\x02-\x05]", f"a Python pickle, which is not opened: {_EXPORT}"),
    (rb"(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*[\[{])", f"JSON: {_EXPORT}"),
    (
        rb"(?:\xef\xbb\xbf)?\s*(?i:<!doctype|<html|<\?xml|<table)",
        "a web page or XML: save the table as CSV",
    ),
)
"""A regular expression for the beginning of each kind, and what a sentence calls it.

A web page is often saved as CSV: the error page of a download, or what a program exports "for Excel".
"""


def other_kind(start: bytes) -> str | None:
    """Return what a file that begins so is, and what to do; None if it may be text with columns.

    Examples
    --------
    >>> other_kind(b"BZh91AY&SY")
    'compressed with bzip2: unpack it first'
    >>> other_kind(b'[{"MedInc": 8.3}]')
    'JSON: save the table as CSV or Parquet'
    >>> other_kind(b"[MedInc],[HouseAge]")
    """
    return next((kind for signature, kind in SIGNATURES if re.match(signature, start)), None)
