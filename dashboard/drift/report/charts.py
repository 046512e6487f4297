"""The charts of the report: the opened column's distribution and its course, small ones of each column."""

from collections.abc import Sequence
from itertools import pairwise

from backend.contract.drift.analysis import HistogramPair, OpenedColumn
from backend.contract.drift.timeline import TimelinePoint
from dashboard.charts.colours import HERE, TOTAL, UP
from dashboard.drift.onset import onset_words
from dashboard.drift.report.drawing import Plane, Point, figure, round_marks, spark
from dashboard.drift.table import relative
from dashboard.wording.drift_words import column_label, column_scale, column_unit, column_words
from dashboard.wording.moment import shown


def sparks(label: str, pair: HistogramPair | None) -> tuple[str, str]:
    """Return a column's two small histograms, of the reference and of the current rows."""
    if pair is None:
        return "", ""
    reference, current = relative(pair)
    return (
        spark(reference, TOTAL, f"{label}, reference"),
        spark(current, UP, f"{label}, current"),
    )


def histogram_figure(opened: OpenedColumn, pair: HistogramPair) -> str:
    """Return the distributions of a column in both samples."""
    scale = column_scale(opened.name)
    edges = [edge * scale for edge in pair.edges]
    heights = round_marks(0.0, max(*pair.reference, *pair.current) or 1.0)
    plane = Plane(edges[0], edges[-1], heights[-1])
    reference, current = (_steps(edges, shares) for shares in (pair.reference, pair.current))
    drawn = [
        plane.axes(_values(opened.name, edges), _percents(heights)),
        plane.area(reference, TOTAL, 0.45),
        plane.area(current, UP, 0.2),
        plane.line(current, UP),
    ]
    label, unit = column_label(opened.name), column_unit(opened.name)
    caption = (
        f"Share of rows{f', by {unit}' if unit else ''}. Gray: reference, n = {pair.reference_rows:,}. "
        f"Teal: current, n = {pair.current_rows:,}. The outermost bins include everything beyond."
    )
    return figure(f"{label}: distribution", "".join(drawn), caption)


def timeline_figure(opened: OpenedColumn) -> str:
    """Return the course of a column's drift, with the expected range."""
    points = opened.timeline
    compared = [each for each in points if each.ks_statistic is not None]
    at = [
        (
            (each.since.timestamp() + each.until.timestamp()) / 2,
            each.ks_statistic or 0.0,
            each.threshold or 0.0,
            each.beyond,
        )
        for each in compared
    ]
    begin, end = points[0].since, points[-1].until
    heights = round_marks(0.0, max([0.05, *(max(value, limit) for _, value, limit, _ in at)]))
    plane = Plane(begin.timestamp(), end.timestamp(), heights[-1])
    measured = [(time, value) for time, value, _, _ in at]
    ends = [(each.timestamp(), f"{shown(each):%Y-%m-%d %H:%M:%S}") for each in (begin, end)]
    drawn = [
        plane.axes(ends, _percents(heights)),
        *(plane.area(_expected(each), TOTAL, 0.3) for each in compared),
        plane.line(measured, UP),
        plane.dots([(time, value) for time, value, _, beyond in at if not beyond], UP),
        plane.dots([(time, value) for time, value, _, beyond in at if beyond], HERE),
    ]
    statistic = "KS statistic" if column_words(opened.name) is None else "Total variation"
    compared_words = f"{len(compared)} of {len(points)} steps have enough predictions to compare."
    caption = (
        f"{onset_words(opened.onset)} {statistic} of each step, gray: expected range, red: beyond it. "
        f"{compared_words}"
    )
    return figure(f"{column_label(opened.name)}: drift over time", "".join(drawn), caption)


def _steps(edges: Sequence[float], shares: Sequence[float]) -> list[Point]:
    """Return the corners of a histogram's outline."""
    return [
        corner
        for low, high, share in zip(edges[:-1], edges[1:], shares, strict=True)
        for corner in ((low, share), (high, share))
    ]


def _expected(step: TimelinePoint) -> list[Point]:
    limit = step.threshold or 0.0
    return [(step.since.timestamp(), limit), (step.until.timestamp(), limit)]


def _percents(heights: Sequence[float]) -> list[tuple[float, str]]:
    return [(each, f"{100 * each:.3g}%") for each in heights]


def _values(name: str, edges: Sequence[float]) -> list[tuple[float, str]]:
    """Return labels below a histogram: the words of a category, otherwise round values within it."""
    words = column_words(name)
    if words is not None:
        middles = [(low + high) / 2 for low, high in pairwise(edges)]
        return [*zip(middles, words, strict=False)]
    low, high = edges[0], edges[-1]
    return [(each, f"{each:,.10g}") for each in round_marks(low, high) if low <= each <= high]
