"""Charts of the report as SVG within the page: lines, areas and marks on two axes, each with its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from dashboard.drift.report.markup import element, text

WIDTH, HEIGHT = 640, 230
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 12, 30
MARKS, ROUND = 5, (1.0, 2.0, 2.5, 5.0, 10.0)
"""About so many marks on an axis, in steps of these times a power of ten."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Plane:
    """What is drawn on: the ranges of both axes, in the units of the values."""

    low: float
    high: float
    top: float

    def place(self, point: Point) -> str:
        """Return a point's place as SVG writes it; beyond an end of an axis, at that end."""
        across = (point[0] - self.low) / ((self.high - self.low) or 1.0)
        up = point[1] / (self.top or 1.0)
        x = LEFT + min(max(across, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - min(max(up, 0.0), 1.0) * (HEIGHT - TOP - BOTTOM)
        return f"{x:.1f},{y:.1f}"

    def line(self, points: Sequence[Point], colour: str) -> str:
        """Return a line through points."""
        places = " ".join(map(self.place, points))
        return element("polyline", "", points=places, fill="none", stroke=colour, stroke_width=2)

    def area(self, points: Sequence[Point], colour: str, opacity: float) -> str:
        """Return the area between points and the axis below."""
        if not points:
            return ""
        closed = [(points[0][0], 0.0), *points, (points[-1][0], 0.0)]
        places = " ".join(map(self.place, closed))
        return element("polygon", "", points=places, fill=colour, fill_opacity=opacity)

    def dots(self, points: Sequence[Point], colour: str) -> str:
        """Return a mark at each point."""
        return "".join(
            element("circle", "", cx=x, cy=y, r=4, fill=colour)
            for x, y in (self.place(point).split(",") for point in points)
        )

    def axes(self, across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]]) -> str:
        """Return labels below and at the left, with a faint line at each height."""
        return "".join([*self._heights(up), *self._below(across)])

    def _heights(self, labels: Sequence[tuple[float, str]]) -> Iterator[str]:
        for value, words in labels:
            x, y = self.place((self.low, value)).split(",")
            yield element("line", "", x1=x, x2=WIDTH - RIGHT, y1=y, y2=y, class_="faint")
            yield element("text", text(words), x=LEFT - 6, y=float(y) + 4, text_anchor="end")

    def _below(self, labels: Sequence[tuple[float, str]]) -> Iterator[str]:
        for value, words in labels:
            x, _ = self.place((value, 0.0)).split(",")
            # Within the picture: a word in the middle of its end would be cut.
            anchor = "start" if value <= self.low else "end" if value >= self.high else "middle"
            yield element("text", text(words), x=x, y=HEIGHT - 10, text_anchor=anchor)


def round_marks(low: float, high: float) -> list[float]:
    """Return some round values, three to seven, from at or below ``low`` to at or above ``high``.

    Examples
    --------
    >>> round_marks(0.0, 0.774)
    [0.0, 0.2, 0.4, 0.6, 0.8]
    >>> round_marks(1.4, 6.2)
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    rough = (high - low) / MARKS if high > low else 1.0
    power = 10.0 ** floor(log10(rough))
    width = next(each * power for each in ROUND if each * power >= rough * (1 - 1e-9))
    first, last = floor(low / width), ceil(high / width - 1e-9)
    return [float(f"{number * width:.10g}") for number in range(first, last + 1)]


def figure(title: str, drawn: str, caption: str) -> str:
    """Return a chart with its title, which is its text alternative, and a caption in plain words."""
    picture = element(
        "svg",
        element("title", text(title)) + drawn,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
    )
    words = element("h3", text(title)) + element("figcaption", text(caption))
    return element("figure", words + picture)


def spark(heights: Sequence[float], colour: str, words: str) -> str:
    """Return a small histogram of heights from 0 to 1, to stand in a table."""
    each = 100.0 / max(len(heights), 1)
    bars = "".join(
        element(
            "rect",
            "",
            x=f"{number * each:.2f}",
            y=f"{24 - 24 * height:.2f}",
            width=f"{each * 0.8:.2f}",
            height=f"{24 * height:.2f}",
            fill=colour,
        )
        for number, height in enumerate(heights)
    )
    named = element("title", text(words)) + bars
    return element("svg", named, viewBox="0 0 100 24", class_="spark", role="img")
