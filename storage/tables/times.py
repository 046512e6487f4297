"""Dates and times as people write them."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

CLOCK = r"([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
ISO = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{CLOCK}$"
WAYS = (
    (r"^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", "%Y/%m/%d"),
    (r"^[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", "%d.%m.%Y"),
    (r"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "%d-%m-%Y"),
    (r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%m/%d/%Y"),
    (r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%d/%m/%Y"),
)
"""The beginning of a time, and its format; of two that fit all cells the first is taken."""
CLOCKS = ((r"$", ""), (r" [0-9]{1,2}:[0-9]{2}$", " %H:%M"), (r" [0-9:]{5,8}$", " %H:%M:%S"))
KIND = pa.timestamp("us")


def read_times(texts: Any) -> Any | None:
    """Read an Arrow array of texts as times; None if one of them is none.

    Examples
    --------
    >>> read_times(pa.array(["31.01.2024", "1.2.2024"])).to_pylist()[1]
    datetime.datetime(2024, 2, 1, 0, 0)
    >>> read_times(pa.array(["2024-01-31", "soon"]))
    """
    if pc.all(pc.match_substring_regex(texts, ISO)).as_py():
        return _iso(texts)
    for beginning, date in WAYS:
        for end, clock in CLOCKS:
            if pc.all(pc.match_substring_regex(texts, beginning + end)).as_py():
                times = pc.strptime(texts, format=date + clock, unit="us", error_is_null=True)
                if not times.null_count:
                    return times
    return None


def _iso(texts: Any) -> Any | None:
    spaced = pc.replace_substring(texts, "T", " ")
    has_zone = pc.any(pc.match_substring_regex(spaced, r"(Z|:[0-9]{2}.*[+-][0-9:]+)$")).as_py()
    try:
        if has_zone:
            return spaced.cast(pa.timestamp("us", "UTC")).cast(KIND)
        return spaced.cast(KIND)
    except pa.ArrowException:
        return None
