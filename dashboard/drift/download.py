"""The shown comparison as a file to send on."""

import streamlit as st

from dashboard.drift.reading import DriftReading
from dashboard.drift.report.document import drift_report
from dashboard.shared.sources import JUDGED


def draw_download(reading: DriftReading) -> None:
    """Draw the button: the file is what the page shows now, in its zone."""
    until = reading.found.until
    st.download_button(
        "Download report",
        drift_report(reading.found, reading.refused, _traffic(reading)),
        f"drift_{until:%Y%m%dT%H%M%SZ}.html",
        "text/html",
        icon=":material/download:",
        key="drift_report",
        help="One HTML file with what is shown here: verdict, cost, figures and charts. It opens anywhere.",
        on_click="ignore",
    )


def _traffic(reading: DriftReading) -> str:
    """Return the name of the choice of traffic."""
    return next(name for name, sources in JUDGED.items() if sources == reading.choice.sources)
