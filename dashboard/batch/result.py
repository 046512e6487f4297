"""The result of a batch: counts, mean price, distribution, and the download."""

from itertools import islice
from typing import Any

import numpy as np
import streamlit as st

from backend.contract.predictions import FEATURE_NAMES, TARGET_CAP
from backend.contract.table import SUBJECTS
from dashboard.batch.run import RESULT_NAMES, BatchRun
from dashboard.batch.upload import PREVIEW_ROWS, input_columns
from dashboard.shared.colours import UP
from dashboard.shared.price import CENSUS_NOTE, dollars, rounded_dollars
from dashboard.shared.still_chart import draw_still

BIN_WIDTH = 0.25
"""In 100,000 USD."""
CHART_HEIGHT = 280


def draw_result(run: BatchRun) -> None:
    """Draw the results so far, if there are any."""
    if not run.scored:
        return
    st.subheader("Result", anchor=False)
    prices = np.array(run.predictions)
    _draw_figures(run, prices)
    st.download_button(
        f"Download {run.scored:,} scored rows",
        run.result_csv,
        f"{run.file.name.rpartition('.')[0] or run.file.name}_scored.csv",
        "text/csv",
        icon=":material/download:",
        key="batch_download",
        on_click="ignore",
    )
    st.markdown(f"**Block groups by predicted price, n = {len(prices):,}, 1990 US dollars**")
    figure = distribution_figure(prices)
    draw_still(figure, "distribution", CHART_HEIGHT, _spread_words(prices), "batch")
    _draw_rows(run)
    st.caption(f"Prices in the file are in units of 100,000 USD. {CENSUS_NOTE}")


def distribution_figure(prices: np.typing.NDArray[np.float64]) -> dict[str, Any]:
    """Return a histogram of prices (100,000 USD) in steps of $25,000; the last step holds the cap."""
    edges = np.arange(0.0, 5.0 + BIN_WIDTH, BIN_WIDTH)
    counts, _ = np.histogram(np.clip(prices, 0.0, 5.0), edges)
    lower, upper = edges[:-1] * 100_000, edges[1:] * 100_000
    names = [f"${low:,.0f} to ${high:,.0f}" for low, high in zip(lower, upper, strict=True)]
    names[-1] = f"${lower[-1]:,.0f} to the cap"
    return {
        "data": [
            {
                "type": "bar",
                "x": ((lower + upper) / 2).tolist(),
                "y": counts.tolist(),
                "width": BIN_WIDTH * 100_000 * 0.92,
                "marker": {"color": UP},
                "hovertext": [
                    f"{name}<br>{count:,} {SUBJECTS}"
                    for name, count in zip(names, counts.tolist(), strict=True)
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
                "range": [0, 510_000],
                "dtick": 100_000,
                "tickprefix": "$",
                "tickformat": "~s",
                "fixedrange": True,
            },
            "yaxis": {
                "title": {"text": SUBJECTS},
                "automargin": True,
                "fixedrange": True,
                "rangemode": "tozero",
                "tickformat": ",d",
                "nticks": 5,
            },
        },
    }


def _draw_figures(run: BatchRun, prices: np.typing.NDArray[np.float64]) -> None:
    low, high = np.quantile(prices, [0.1, 0.9]).tolist()
    capped = int(np.sum(prices >= TARGET_CAP))
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric("Scored", f"{run.scored:,}", border=True)
        st.metric("Mean price", dollars(float(prices.mean())), border=True)
        st.metric("Middle 80%", f"{_thousands(low)} to {_thousands(high)}", border=True)
        st.metric("At the cap", f"{capped:,}", border=True)
    versions = ", ".join(f"`{version}`" for version in run.model_versions)
    st.caption(f"Model version {versions}, {run.rows_per_second:,.0f} rows/s.")


def _thousands(price: float) -> str:
    return f"${price * 100:,.0f}k"


def _spread_words(prices: np.typing.NDArray[np.float64]) -> str:
    low, middle, high = np.quantile(prices, [0.0, 0.5, 1.0]).tolist()
    return (
        f"Histogram of {len(prices):,} predicted prices from {dollars(low)} to {dollars(high)}, "
        f"half of them below {dollars(middle)}"
    )


def _draw_rows(run: BatchRun) -> None:
    names = ("row", *FEATURE_NAMES, *RESULT_NAMES)
    rows = [dict(zip(names, row, strict=True)) for row in islice(run.result_rows(), PREVIEW_ROWS)]
    prices = ("prediction", "lower", "upper")
    cells = [
        {"row": row["row"]}
        | {name: rounded_dollars(float(str(row[name]))) for name in prices}
        | {name: row[name] for name in FEATURE_NAMES}
        for row in rows
    ]
    st.dataframe(
        cells,
        key="batch_result_rows",
        height="content",
        hide_index=True,
        column_config=input_columns()
        | {
            "prediction": st.column_config.NumberColumn("Price", format="$%,.0f"),
            "lower": st.column_config.NumberColumn("From", format="$%,.0f"),
            "upper": st.column_config.NumberColumn("To", format="$%,.0f"),
        },
        alt="The first scored rows with price and 90% interval in dollars",
    )
