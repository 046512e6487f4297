"""The pages of the console: where each one is, what it is called, and how another page opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from backend.contract.definition import SUBJECT, SUBJECTS, VALUE, with_article

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class ConsolePage:
    """One page.

    Attributes
    ----------
    name
        Its room in this folder and its path in the address.
    usual_range
        The last so much is what it shows unless the operator chooses; None: it shows no range of time.
    """

    name: str
    icon: str
    help: str
    usual_range: timedelta | None = None

    @property
    def usual(self) -> timedelta:
        """Its usual range, of a page that has one."""
        if self.usual_range is None:
            raise ValueError(f"The page {self.name} shows no range of time.")
        return self.usual_range

    @property
    def title(self) -> str:
        """Its name in the navigation."""
        return self.name.capitalize()

    @property
    def script(self) -> Path:
        """The page's file."""
        return FOLDER / self.name / "page.py"

    def as_streamlit(self) -> "StreamlitPage":
        """Return the page for the navigation; the first one is the one that opens."""
        return st.Page(
            self.script,
            title=self.title,
            url_path=self.name,
            icon=self.icon,
            default=self is OVERVIEW,
            help=self.help,
        )

    def link(self, label: str | None = None, parameters: Mapping[str, str] | None = None) -> None:
        """Draw a link that opens the page, with parameters in its address; labelled by its title if not else.

        A link, and no button that switches pages: the browser stops the blocks that redraw themselves only
        when it follows a link. One of the old page, redrawn while the new one is drawn, has Streamlit empty
        the whole window.
        """
        st.page_link(
            self.as_streamlit(), label=label or self.title, help=self.help, query_params=parameters
        )


OVERVIEW = ConsolePage(
    "overview",
    ":material/monitoring:",
    "Service health, current model, traffic and latency.",
    timedelta(hours=1),
)
PREDICT = ConsolePage(
    "predict",
    ":material/calculate:",
    f"Describe {with_article(SUBJECT)} and get its predicted {VALUE}.",
)
BATCH = ConsolePage(
    "batch", ":material/table:", f"Score a file of {SUBJECTS} and download the predictions."
)
DATA = ConsolePage(
    "data",
    ":material/dataset:",
    f"The {SUBJECTS} that the model learned from: columns, split, and what is odd about them.",
)
LATENCY = ConsolePage(
    "latency",
    ":material/speed:",
    "Response times, request rate and errors over time.",
    timedelta(minutes=15),
)
PERFORMANCE = ConsolePage(
    "performance",
    ":material/target:",
    "Prediction error, measured and estimated.",
    timedelta(hours=24),
)
DRIFT = ConsolePage(
    "drift",
    ":material/compare:",
    "Whether recent inputs still look like the training data.",
    timedelta(hours=24),
)
RETRAIN = ConsolePage(
    "retrain", ":material/model_training:", "Request a retraining, follow it and see its result."
)
REGISTRY = ConsolePage(
    "registry", ":material/inventory_2:", "Model versions, promotion, rollback and the audit log."
)
ALERTS = ConsolePage(
    "alerts",
    ":material/notifications:",
    "What is wrong now, who takes care of it, and by which rules one is told.",
)
CONFIGURATION = ConsolePage(
    "configuration",
    ":material/tune:",
    "Thresholds and times of monitoring, and what they would have done.",
)
LOGS = ConsolePage(
    "logs",
    ":material/receipt_long:",
    "Log lines of all processes, requests and predictions.",
    timedelta(hours=24),
)
PAGES = (
    OVERVIEW,
    ALERTS,
    PREDICT,
    BATCH,
    LATENCY,
    PERFORMANCE,
    DRIFT,
    DATA,
    RETRAIN,
    REGISTRY,
    LOGS,
    CONFIGURATION,
)
