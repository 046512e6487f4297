"""The monitor's picture: latency, success rate and input drift of the service."""

import gc
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from backend.monitor.probe import Check, Probe, Summary, summarize
from storage.schema.time_steps import round_steps

FIGURE_INCHES = (12.0, 7.5)
DOTS_PER_INCH = 120
BLUE, RUST, GREEN, INK, FAINT = "#1f5fa8", "#b5542c", "#3c7d4f", "#333333", "#8a8a8a"
USUAL_BARS = 24
RUNNING_ALPHA = 0.45
"""Of the bar of the step that is not over yet."""
SHORTEST_SPAN = timedelta(minutes=1)


def draw(url: str, probes: Sequence[Probe], checks: Sequence[Check], now: datetime) -> bytes:
    """Draw the results of at least one probe.

    Returns
    -------
    bytes
        A PNG image of 1,440 by 900 points.
    """
    try:
        return _image(url, probes, checks, now)
    finally:
        # The parts of a figure refer to each other, so only the collector frees its 8 MB; by itself it would
        # come round to them every five figures or later.
        gc.collect()


def _image(url: str, probes: Sequence[Probe], checks: Sequence[Check], now: datetime) -> bytes:
    # Without pyplot: no display, no global state, nothing to close.
    layout = ConstrainedLayoutEngine(hspace=0.06, wspace=0.04)
    figure = Figure(figsize=FIGURE_INCHES, dpi=DOTS_PER_INCH, layout=layout)
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots(2, 2)
    span = (probes[0].at, max(now, probes[0].at + SHORTEST_SPAN))
    _head(figure, url, summarize(probes, checks, now))
    _latency(axes[0, 0], probes, span)
    _distribution(axes[0, 1], probes)
    _success(axes[1, 0], probes, span)
    _drift(axes[1, 1], [check for check in checks if check.at >= span[0]], span)
    stream = io.BytesIO()
    canvas.print_png(stream)  # unlike savefig, it draws once
    return stream.getvalue()


def _head(figure: Figure, url: str, summary: Summary) -> None:
    last = summary.last
    state = "healthy" if last.healthy else "starting" if last.starting else "NOT healthy"
    share = "" if summary.availability is None else f", {summary.availability:.1%} healthy"
    version = f", model {last.model_version}" if last.model_version else ""
    noun = "probe" if summary.probes == 1 else "probes"
    figure.suptitle(
        f"{url} is {state}{version}\n",
        x=0.01,
        ha="left",
        fontsize="x-large",
        fontweight="bold",
        color=INK if last.healthy or last.starting else RUST,
    )
    figure.text(
        0.01,
        0.955,
        f"{_period(summary.since, summary.written_at)}  ·  {summary.probes:,} {noun}{share}",
        ha="left",
        va="top",
        color=INK,
    )


def _period(since: datetime, until: datetime) -> str:
    begin, end = since.astimezone(UTC), until.astimezone(UTC)
    day = "" if begin.date() == end.date() else "%d %b %Y "
    return f"{begin:%d %b %Y %H:%M} to {end:{day}%H:%M} UTC"


def _latency(axes: Axes, probes: Sequence[Probe], span: tuple[datetime, datetime]) -> None:
    answered = sum(probe.predict_ms is not None for probe in probes)
    _prepare(axes, f"Latency over time (n = {answered:,} answered)", "Milliseconds")
    times = mdates.date2num([probe.at for probe in probes])
    for name, values, color in _series(probes):
        # NaN without an answer, which breaks the line there.
        axes.plot(times, values, color=color, linewidth=0.8, marker=".", markersize=3, label=name)
    _mark_outages(axes, probes, span[1])
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.2)  # room for the legend
    if not answered:
        axes.yaxis.set_ticks([])
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))
    axes.yaxis.set_minor_formatter(FuncFormatter(_few_minor))
    _time_axis(axes, span)
    axes.legend(loc="upper right", frameon=True, framealpha=0.9, ncols=3, fontsize="small")


def _distribution(axes: Axes, probes: Sequence[Probe]) -> None:
    _, values, color = _series(probes)[0]
    known = values[~np.isnan(values)]
    _prepare(axes, f"Latency of a prediction (n = {len(known):,})", "Probes")
    axes.set_xlabel("Milliseconds")
    if len(known) == 0:
        axes.set(xticks=[], yticks=[])
        _say(axes, "No prediction was answered.")
        return
    low, high = float(known.min()), float(known.max())
    edges = np.geomspace(low * 0.95, max(high, low) * 1.05, 31)
    counts, _, _ = axes.hist(known, bins=edges.tolist(), color=color, alpha=0.75)
    axes.set_xscale("log")
    highest = float(np.max(counts))
    axes.set_ylim(0, highest * 1.25)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(_plain))
    axes.xaxis.set_minor_formatter(FuncFormatter(_few_minor))
    for share, style in ((0.5, "-"), (0.95, "--"), (0.99, ":")):
        at = float(np.quantile(known, share))
        label = f"p{share * 100:.0f}: {at:.3g} ms"
        top = 1.05 * highest
        axes.plot([at, at], [0, top], color=INK, linestyle=style, linewidth=1.2, label=label)
    axes.legend(loc="upper right", frameon=True, framealpha=0.9, ncols=3, fontsize="small")


def _success(axes: Axes, every: Sequence[Probe], span: tuple[datetime, datetime]) -> None:
    probes = [probe for probe in every if not probe.starting]
    times = mdates.date2num([probe.at for probe in probes])
    # At round times, or each picture would share out the probes anew.
    steps = round_steps(*span, int(np.clip(len(probes) // 5, 1, USUAL_BARS)))
    edges = mdates.date2num(steps.edges)
    healthy = np.array([probe.healthy for probe in probes], dtype=float)
    total, _ = np.histogram(times, edges)
    good, _ = np.histogram(times, edges, weights=healthy)
    seen = total > 0
    share = good[seen] / total[seen]
    width = 0.92 * np.diff(edges)[seen]
    _prepare(axes, f"Success rate (n = {len(probes):,})", "Share of healthy probes")
    colors = [GREEN if value == 1 else RUST for value in share]
    left = edges[:-1][seen]
    drawn = axes.bar(left, share, width=width, align="edge", color=colors, alpha=0.85)
    if seen[-1] and steps.each()[-1].is_unfinished(span[1]):
        drawn[-1].set_alpha(RUNNING_ALPHA)
    axes.bar(left, 1 - share, width=width, bottom=share, align="edge", color=RUST, alpha=0.15)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    _time_axis(axes, span)


def _drift(axes: Axes, checks: Sequence[Check], span: tuple[datetime, datetime]) -> None:
    known = [check for check in checks if check.drift_share is not None]
    _prepare(axes, f"Drifted inputs (n = {len(known):,} checks)", "Share of the inputs")
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    _time_axis(axes, span)
    if not known:
        _say(axes, _why_unknown(checks))
        return
    times = mdates.date2num([check.at for check in known])
    shares = np.array([check.drift_share for check in known], dtype=float)
    alarmed = np.array([check.alarm is True for check in known])
    last = known[-1]
    axes.step(times, shares, where="post", color=BLUE, linewidth=1.4)
    axes.scatter(times[~alarmed], shares[~alarmed], s=14, color=BLUE, zorder=3, clip_on=False)
    if alarmed.any():
        place = (times[alarmed], shares[alarmed])
        axes.scatter(*place, s=22, color=RUST, zorder=4, clip_on=False, label="alarm")
    if last.drift_threshold is not None:
        label = f"drifted: one input or more ({last.drift_threshold:.1%})"
        axes.axhline(last.drift_threshold, color=RUST, linestyle="--", linewidth=1.8, label=label)
        axes.legend(loc="upper right", frameon=True, framealpha=0.9, ncols=2, fontsize="small")
    rows = f", {last.rows:,} rows" if last.rows is not None else ""
    if last.verdict:
        text = f"last: {last.verdict}{rows}"
        axes.text(0.02, 0.83, text, transform=axes.transAxes, va="top", color=INK)


def _why_unknown(checks: Sequence[Check]) -> str:
    problem = checks[-1].problem or checks[-1].verdict if checks else None
    return f"No share is known yet: {problem}" if problem else "No check has run yet."


def _series(probes: Sequence[Probe]) -> list[tuple[str, "np.ndarray[Any, Any]", str]]:
    predict = [np.nan if probe.predict_ms is None else probe.predict_ms for probe in probes]
    health = [np.nan if probe.health_ms is None else probe.health_ms for probe in probes]
    return [("POST /predict", np.array(predict), BLUE), ("GET /health", np.array(health), FAINT)]


def _mark_outages(axes: Axes, probes: Sequence[Probe], until: datetime) -> None:
    """Shade from the first unhealthy probe in a row to the next one that is healthy, or starting."""
    label: str | None = "not healthy"
    ends = [*(probe.at for probe in probes[1:]), until]
    pairs = zip(probes, ends, strict=True)
    for well, row in groupby(pairs, key=lambda pair: pair[0].healthy or pair[0].starting):
        outage = list(row)
        if not well:
            begin, end = mdates.date2num([outage[0][0].at, outage[-1][1]])
            axes.axvspan(begin, end, color=RUST, alpha=0.25, linewidth=0, label=label)
            label = None


def _prepare(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, loc="left", fontsize="medium", color=INK)
    axes.set_ylabel(unit)
    axes.grid(visible=True, alpha=0.25)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _time_axis(axes: Axes, span: tuple[datetime, datetime]) -> None:
    locator = mdates.AutoDateLocator(tz=UTC, minticks=3, maxticks=8)
    axes.xaxis_date(UTC)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, tz=UTC))
    begin, end = mdates.date2num(span)
    axes.set_xlim(begin, end)
    axes.set_xlabel("Time (UTC)")


def _say(axes: Axes, sentence: str) -> None:
    place: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "va": "center"}
    axes.text(0.5, 0.5, sentence, color=INK, wrap=True, **place)


def _plain(value: float, _position: int) -> str:
    return f"{value:g}"


def _few_minor(value: float, _position: int) -> str:
    leading = value / 10 ** np.floor(np.log10(value))
    return f"{value:g}" if round(leading) in (2, 5) else ""
