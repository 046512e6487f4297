"""Dates and times as people write them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.schema.arrays import FloatArray

CLOCK = r"([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
ISO = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{CLOCK}$"
DAY = r"(?P<day>[0-9]{1,2})"
WAYS = (
    (rf"^[0-9]{{4}}/[0-9]{{1,2}}/{DAY}", "%Y/%m/%d"),
    (rf"^{DAY}[.][0-9]{{1,2}}[.][0-9]{{4}}", "%d.%m.%Y"),
    (rf"^{DAY}-[0-9]{{1,2}}-[0-9]{{4}}", "%d-%m-%Y"),
    (rf"^[0-9]{{1,2}}/{DAY}/[0-9]{{4}}", "%m/%d/%Y"),
    (rf"^{DAY}/[0-9]{{1,2}}/[0-9]{{4}}", "%d/%m/%Y"),
    (rf"^[A-Za-z]{{3,9}} {DAY} [0-9]{{4}}", "%b %d %Y"),
    (rf"^[A-Za-z]{{3,9}} {DAY}, [0-9]{{4}}", "%b %d, %Y"),
    (rf"^{DAY} [A-Za-z]{{3,9}} [0-9]{{4}}", "%d %b %Y"),
)
"""The beginning of a time, and its format; of two that fit all cells the first is taken."""
CLOCKS = ((r"$", ""), (r" [0-9]{1,2}:[0-9]{2}$", " %H:%M"), (r" [0-9:]{5,8}$", " %H:%M:%S"))
KIND = pa.timestamp("us")
NUMBER = r"^[+-]?[0-9]+([.][0-9]*)?([eE][+-]?[0-9]+)?$"
MICROSECONDS = 1e6

Way = Callable[[Any], FloatArray]


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
                times = _parsed(texts, beginning + end, date + clock)
                if not times.null_count:
                    return times
    return None


def moments(texts: Any) -> tuple[FloatArray, bool]:
    """Read an Arrow array of texts in the one way that fits most of them, and say whether that is a date.

    Returns
    -------
    tuple of FloatArray and bool
        Shape (n,): the seconds since 1970 of dates and times, numbers as they are (such as years); NaN where
        the text is not written in that way.

    Examples
    --------
    >>> found, is_date = moments(pa.array(["31.01.2024", "1.2.2024", "soon"]))
    >>> found.tolist(), is_date
    ([1706659200.0, 1706745600.0, nan], True)
    >>> moments(pa.array(["29.02.2024", "29.02.2023"]))  # the second is no day
    (array([1.7091648e+09,           nan]), True)
    >>> moments(pa.array(["1999", "2008.5"]))
    (array([1999. , 2008.5]), False)
    """
    best, is_date = np.full(len(texts), np.nan), True
    for number, way in enumerate(_ways()):
        found = way(texts)
        if np.isfinite(found).sum() > np.isfinite(best).sum():
            best, is_date = found, number > 0
        if np.isfinite(best).all():
            break
    return best, is_date


def written(moment: float, *, is_date: bool) -> str:
    """Return a moment for a person: a date, with the time of day unless it is midnight, or the number.

    Examples
    --------
    >>> written(1706659200.0, is_date=True), written(1706659260.0, is_date=True)
    ('2024-01-31', '2024-01-31 00:01')
    >>> written(2008.5, is_date=False)
    '2008.5'
    """
    if not is_date:
        return f"{moment:.15g}"
    # Not fromtimestamp, which knows no year before 1 and, on some systems, none before 1970.
    time = str(np.datetime64(round(moment * MICROSECONDS), "us")).replace("T", " ")
    for end in (".000000", ":00", " 00:00"):
        time = time.removesuffix(end)
    return time


def _ways() -> Iterator[Way]:
    yield _numbers
    yield _iso_moments
    for beginning, date in WAYS:
        for end, clock in CLOCKS:
            yield _in_format(beginning + end, date + clock)


def _numbers(texts: Any) -> FloatArray:
    return _floats(_matching(texts, NUMBER).cast(pa.float64()))


def _iso_moments(texts: Any) -> FloatArray:
    matching = _matching(texts, ISO)
    times = _iso(matching)
    if times is None:  # one of them is no day that there is: each for itself
        times = pa.array([_iso_time(text) for text in matching.to_pylist()], KIND)
    return _seconds(times)


def _in_format(pattern: str, form: str) -> Way:
    def way(texts: Any) -> FloatArray:
        matching = _matching(texts, pattern)
        if matching.null_count == len(matching):
            return np.full(len(matching), np.nan)
        return _seconds(_parsed(matching, pattern, form))

    return way


def _parsed(texts: Any, pattern: str, form: str) -> Any:
    """Return the times; null where there is no such day, which strptime reads as one of the next month."""
    times = pc.strptime(texts, format=form, unit="us", error_is_null=True)
    days = pc.struct_field(pc.extract_regex(texts, pattern), "day").cast(pa.int64())
    return pc.if_else(pc.equal(pc.day(times), days), times, pa.scalar(None, KIND))


def _matching(texts: Any, pattern: str) -> Any:
    """Return the texts, null where they do not match."""
    return pc.if_else(pc.match_substring_regex(texts, pattern), texts, pa.scalar(None, pa.string()))


def _seconds(times: Any) -> FloatArray:
    return _floats(times.cast(pa.int64()).cast(pa.float64(), safe=False)) / MICROSECONDS


def _floats(numbers: Any) -> FloatArray:
    return np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _iso_time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


def _iso(texts: Any) -> Any | None:
    spaced = pc.replace_substring(texts, "T", " ")
    has_zone = pc.any(pc.match_substring_regex(spaced, r"(Z|:[0-9]{2}.*[+-][0-9:]+)$")).as_py()
    try:
        if has_zone:
            return spaced.cast(pa.timestamp("us", "UTC")).cast(KIND)
        return spaced.cast(KIND)
    except pa.ArrowException:
        return None
