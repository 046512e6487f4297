"""The interval around a prediction: drawn on a scale of possible answers, and in words."""

import html
from collections.abc import Iterable

from backend.contract.definition import DISPLAY, TARGET_CAP
from backend.contract.predictions import Interval
from dashboard.charts.scale import USUAL, Scale, shortened
from dashboard.wording.value import (
    CAPPED,
    in_written_unit,
    is_capped,
    ranged,
    written,
    written_exactly,
)
from dashboard.wording.words import LABEL

CAP_WORDS = "the cap or more"
PARTS = 5
"""About so many marks stand on the scale."""
ROOM_PERCENT = 42
"""The cap's own label takes the place of marks that are this close to the end."""
EDGE_PERCENT = 5
"""A label so close to an end begins or ends there."""

# Plain boxes, because no Streamlit chart keeps still and follows the theme at this size.
_TRACK = "position:absolute;left:0;right:0;top:0.8rem;height:0.4rem;border-radius:0.2rem;"
_RANGE = "position:absolute;top:0.55rem;height:0.9rem;border-radius:0.25rem;"
_MARK = "position:absolute;top:0.2rem;height:1.6rem;width:4px;margin-left:-2px;border-radius:2px;"
_TICK = "position:absolute;top:1.3rem;width:1px;height:0.5rem;"
_LABEL = "position:absolute;top:2rem;font-size:0.8rem;line-height:1.2;white-space:nowrap;"
_FAINT = "color-mix(in srgb, currentColor 16%, transparent)"
_TEAL = "light-dark(#7fbcc7, #1c7285)"
_QUIET = "light-dark(#55666d, #9fb1b8)"


def interval_words(interval: Interval) -> str:
    """Write the interval; its upper end is never above the cap.

    Examples
    --------
    >>> interval_words(Interval(lower=1.234, upper=2.345, coverage=0.9))
    '90% interval: $123,400 to $234,500'
    >>> interval_words(Interval(lower=3.4, upper=5.00001, coverage=0.9))
    '90% interval: $340,000 to the cap or more'
    """
    ends = ranged(written(interval.lower), upper_words(interval))
    return f"{interval.coverage:.0%} interval: {ends}"


def upper_words(interval: Interval) -> str:
    """Write the upper end of an interval."""
    return CAP_WORDS if is_capped(interval.upper) else written(interval.upper)


def interval_scale(intervals: Iterable[Interval]) -> Scale:
    """Return one scale for intervals: the usual one, and farther if one of them ends outside."""
    ends = [end for interval in intervals for end in (interval.lower, interval.upper)]
    return USUAL.around(map(in_written_unit, ends))


def interval_picture(prediction: float, interval: Interval, scale: Scale) -> str:
    """Return HTML: a scale, the interval as a bar on it, the prediction as a mark."""
    here, lower, upper = (
        scale.percent(in_written_unit(value))
        for value in (prediction, interval.lower, interval.upper)
    )
    low, high = (written_exactly(end / DISPLAY.factor) for end in (scale.lowest, scale.highest))
    words = (
        f"{LABEL} {written(prediction)}, {interval_words(interval)}, on a scale from "
        f"{ranged(low, high)}"
    )
    return (
        f'<div role="img" aria-label="{html.escape(words)}" style="position:relative;height:3.1rem">'
        f'<div style="{_TRACK}background:{_FAINT}"></div>'
        f'<div style="{_RANGE}left:{lower:.2f}%;width:{upper - lower:.2f}%;background:{_TEAL}"></div>'
        f'<div style="{_MARK}left:{here:.2f}%;background:currentColor"></div>'
        f"{_labels(scale)}</div>"
    )


def _labels(scale: Scale) -> str:
    marks = scale.marks(PARTS)
    texts = shortened(marks)
    free = 100 - ROOM_PERCENT if CAPPED else 100
    placed = [(scale.percent(mark), text) for mark, text in zip(marks, texts, strict=True)]
    ticks = "".join(_label(place, text) for place, text in placed if place <= free)
    return ticks + (_label(100, f"{written_exactly(TARGET_CAP)} cap") if CAPPED else "")


def _label(percent: float, text: str) -> str:
    if percent >= 100 - EDGE_PERCENT:
        place, line = f"right:{100 - percent:.2f}%;", ""
    else:
        place = f"left:{percent:.2f}%;"
        line = "" if percent <= EDGE_PERCENT else "transform:translateX(-50%);"
    return (
        f'<div style="{_TICK}{place}background:{_QUIET}"></div>'
        f'<div style="{_LABEL}{place}{line}color:{_QUIET}">{html.escape(text)}</div>'
    )
