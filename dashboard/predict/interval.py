"""The interval around a price: drawn on a scale from $0 to the census cap, and in words."""

from backend.contract.predictions import TARGET_CAP, Interval
from dashboard.shared.price import dollars, is_capped

CAP_WORDS = "the cap or more"
TICKS = (0.0, 1.0, 2.0, 3.0)
"""Labelled prices, in 100,000 USD; the cap's label takes the place of the fourth."""

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
    return f"{interval.coverage:.0%} interval: {dollars(interval.lower)} to {upper_words(interval)}"


def upper_words(interval: Interval) -> str:
    """Write the upper end of an interval."""
    return CAP_WORDS if is_capped(interval.upper) else dollars(interval.upper)


def interval_picture(price: float, interval: Interval) -> str:
    """Return HTML: a scale from $0 to the cap, the interval as a bar on it, the price as a mark."""
    lower, upper = scale_percent(interval.lower), scale_percent(interval.upper)
    words = f"Price {dollars(price)}, {interval_words(interval)}, on a scale from $0 to $500,001"
    return (
        f'<div role="img" aria-label="{words}" style="position:relative;height:3.1rem">'
        f'<div style="{_TRACK}background:{_FAINT}"></div>'
        f'<div style="{_RANGE}left:{lower:.2f}%;width:{upper - lower:.2f}%;background:{_TEAL}"></div>'
        f'<div style="{_MARK}left:{scale_percent(price):.2f}%;background:currentColor"></div>'
        f"{_labels()}</div>"
    )


def scale_percent(price: float) -> float:
    """Return where a price stands on the scale, from 0 to 100.

    Examples
    --------
    >>> scale_percent(-0.1), scale_percent(7.0)
    (0.0, 100.0)
    """
    return 100.0 * min(max(price / TARGET_CAP, 0.0), 1.0)


def _labels() -> str:
    ticks = "".join(_label(tick) for tick in TICKS)
    cap = (
        f'<div style="{_TICK}right:0;background:{_QUIET}"></div>'
        f'<div style="{_LABEL}right:0;color:{_QUIET}">$500,001 cap</div>'
    )
    return ticks + cap


def _label(tick: float) -> str:
    place = f"left:{scale_percent(tick):.2f}%;"
    middle = "transform:translateX(-50%);" if tick else ""
    text = f"${tick * 100:.0f}k" if tick else "$0"
    return (
        f'<div style="{_TICK}{place}background:{_QUIET}"></div>'
        f'<div style="{_LABEL}{place}{middle}color:{_QUIET}">{text}</div>'
    )
