"""The result of a batch: counts, mean, distribution, and the download."""

from itertools import islice, pairwise
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from backend.contract.definition import DISPLAY, SUBJECTS, TARGET_CAP, TARGET_UNIT
from backend.contract.predictions import FEATURE_NAMES, REFERENCE
from dashboard.batch.run import BatchRun
from dashboard.batch.upload import PREVIEW_ROWS, row_columns
from dashboard.charts.colours import UP
from dashboard.charts.scale import Scale, scale_of, shortened
from dashboard.charts.still_chart import draw_still
from dashboard.shared.foreign_text import harmless
from dashboard.wording.value import (
    CAPPED,
    NOTE,
    escaped,
    in_written_unit,
    prediction_column,
    ranged,
    rounded,
    written,
)
from dashboard.wording.words import LABEL, VALUE, capitalized, in_units
from storage.tables.result_names import SHOWN_NAMES

PARTS, MARKS = 20, 5
"""About so many bars and marks are drawn on the scale."""
COARSE_PARTS = 500
"""Of the scale: as coarsely figures are written where several share a line."""
CHART_HEIGHT = 280
FEW_ROWS = 5
SUPPORT = f"Share of training {SUBJECTS} that are at least as unusual; 0 is far from all of them."
FIGURE_WIDTH = 200


def draw_result(run: BatchRun) -> None:
    """Draw the results so far, if there are any."""
    if not run.scored:
        return
    st.header("Result", anchor=False)
    values = np.array(run.predictions)
    _draw_figures(run, values)
    st.download_button(
        f"Download {run.scored:,} scored rows",
        run.result_csv,
        f"{run.file.name.rpartition('.')[0] or run.file.name}_scored.csv",
        "text/csv",
        icon=":material/download:",
        key="batch_download",
        on_click="ignore",
    )
    title = f"{capitalized(SUBJECTS)} by predicted {VALUE}, n = {len(values):,}"
    st.markdown(escaped(f"**{in_units(title)}**"))
    figure = distribution_figure(values)
    draw_still(figure, "distribution", CHART_HEIGHT, _spread_words(values), "batch")
    _draw_rows(run)
    _draw_note(run)


def _draw_note(run: BatchRun) -> None:
    unit = f"in units of {TARGET_UNIT}" if TARGET_UNIT[0].isdigit() else f"in {TARGET_UNIT}"
    shown = f", and as here in {SHOWN_NAMES[0]}" if SHOWN_NAMES else ""
    words = f"Predictions in the file are {unit}{shown}."
    if run.file.kept_names:
        words += " The further columns of your file follow at its end."
    st.caption(f"{escaped(words)} {NOTE}")


def distribution_figure(values: NDArray[np.float64]) -> dict[str, Any]:
    """Return a histogram of predictions in round steps; a last step that ends at the cap holds it."""
    edges = _edges(scale_of(values.tolist()))
    amounts = np.clip(in_written_unit(1.0) * values, edges[0], edges[-1])
    counts, _ = np.histogram(amounts, edges)
    lower, upper = edges[:-1], edges[1:]
    marks = Scale(edges[0], edges[-1]).marks(MARKS)
    width = edges[1] - edges[0]
    return {
        "data": [
            {
                "type": "bar",
                "x": ((lower + upper) / 2).tolist(),
                "y": counts.tolist(),
                "width": float(width * 0.92),
                "marker": {"color": UP},
                "hovertext": [
                    f"{name}<br>{count:,} {SUBJECTS}"
                    for name, count in zip(_bar_names(edges), counts.tolist(), strict=True)
                ],
                "hoverinfo": "text",
            }
        ],
        "layout": {
            "height": CHART_HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 8, "b": 36},
            "showlegend": False,
            "dragmode": False,
            "xaxis": {
                "range": [float(edges[0]), float(edges[-1] + 0.4 * width)],
                "tickvals": marks,
                "ticktext": shortened(marks),
                "fixedrange": True,
            },
            "yaxis": {
                "title": {"text": SUBJECTS},
                "automargin": True,
                "fixedrange": True,
                "rangemode": "tozero",
                "tickformat": ",d",
                # Of few rows, every count has its mark: five marks would be fractions.
                **({"dtick": 1} if counts.max() < FEW_ROWS else {"nticks": 5}),
            },
        },
    }


def _edges(scale: Scale) -> NDArray[np.float64]:
    step = scale.step(PARTS)
    ends = scale.outward(PARTS)
    if CAPPED and ends.highest >= in_written_unit(TARGET_CAP):
        # The last whole step below the cap ends there: a bar of the cap alone would be a sliver.
        ends = Scale(ends.lowest, np.floor(in_written_unit(TARGET_CAP) / step + 1e-9) * step)
    return np.linspace(ends.lowest, ends.highest, round((ends.highest - ends.lowest) / step) + 1)


def _bar_names(edges: NDArray[np.float64]) -> list[str]:
    words = [written(edge / DISPLAY.factor) for edge in edges.tolist()]
    step = edges[1] - edges[0]
    if CAPPED and edges[-1] + step > in_written_unit(TARGET_CAP):
        words[-1] = "the cap"
    return [ranged(low, high) for low, high in pairwise(words)]


def _draw_figures(run: BatchRun, values: NDArray[np.float64]) -> None:
    low, high = np.quantile(values, [0.1, 0.9]).tolist()
    with st.grid(4, min_column_width=FIGURE_WIDTH, gap="small"):
        st.metric("Scored", f"{run.scored:,}", border=True)
        st.metric(f"Mean {VALUE}", written(float(values.mean())), border=True)
        st.metric("Middle 80%", _coarse_range(low, high, values), border=True)
        if CAPPED:
            st.metric("At the cap", f"{int(np.sum(values >= TARGET_CAP)):,}", border=True)
        else:
            ends = (float(values.min()), float(values.max()))
            st.metric("All", _coarse_range(*ends, values), border=True)
    versions = ", ".join(f"`{version}`" for version in run.model_versions)
    st.caption(f"Model version {versions}, {run.rows_per_second:,.0f} rows/s.")


def _coarse_range(low: float, high: float, values: NDArray[np.float64]) -> str:
    step = scale_of(values.tolist()).step(COARSE_PARTS)
    ends = [round(in_written_unit(end) / step) * step for end in (low, high)]
    return " to ".join(shortened(ends))


def _spread_words(values: NDArray[np.float64]) -> str:
    low, middle, high = np.quantile(values, [0.0, 0.5, 1.0]).tolist()
    return (
        f"Histogram of {len(values):,} predictions from {ranged(written(low), written(high))}, "
        f"half of them below {written(middle)}"
    )


def _draw_rows(run: BatchRun) -> None:
    shown = islice(run.result_rows(), PREVIEW_ROWS)
    rows = [dict(zip(run.result_names, row, strict=True)) for row in shown]
    own = () if run.file.references is None else (REFERENCE,)
    values = ("prediction", "lower", "upper")
    kept = run.result_names[-len(run.file.kept_names) :] if run.file.kept_names else ()
    cells = [
        {"row": row["row"]}
        | {name: rounded(float(str(row[name]))) for name in values}
        | {name: row[name] for name in ("support", *own)}
        | {"warnings": row["warnings"] or None}
        | {name: row[name] for name in (*FEATURE_NAMES, *kept)}
        for row in rows
    ]
    st.dataframe(
        harmless(cells),
        key="batch_result_rows",
        height="content",
        hide_index=True,
        column_config=row_columns(cells)
        | {
            "prediction": prediction_column(LABEL),
            "lower": prediction_column("From"),
            "upper": prediction_column("To"),
            "support": st.column_config.NumberColumn("Support", format="%.2f", help=SUPPORT),
            "warnings": st.column_config.TextColumn("Warnings", width="medium"),
            REFERENCE: "Your id",
        },
        placeholder="–",
        alt="The first scored rows with prediction and 90% interval",
    )
