"""What somebody who helps needs to know of the system: versions, and a file with its state and no secrets."""

import io
import json
import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import streamlit as st
from pydantic import BaseModel

from backend.client import ClientError, HousingClient
from backend.contract.monitoring import HistoryQuery
from backend.contract.records import LogsQuery
from backend.contract.service import VERSION
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.wording.moment import moment

PACKAGES = (
    "streamlit",
    "flask",
    "pydantic",
    "scikit-learn",
    "pandas",
    "numpy",
    "scipy",
    "mlflow",
    "prometheus-client",
)
LINES = 500
"""Newest errors, log lines and events that go along."""

Reading = Callable[[HousingClient], BaseModel]
READINGS: Mapping[str, Reading] = {
    "health": lambda client: client.health(),
    "info": lambda client: client.info(),
    "models": lambda client: client.models(),
    "monitoring_config": lambda client: client.monitoring_config(),
    "monitoring_status": lambda client: client.monitoring_status(),
    "alerts": lambda client: client.alerts(),
    "alert_rules": lambda client: client.alert_rules(),
    "database": lambda client: client.database_statistics(),
    "traffic": lambda client: client.traffic_summary(),
    "retrainings": lambda client: client.retrainings(),
    "events": lambda client: client.history(HistoryQuery(limit=LINES)),
    "errors": lambda client: client.logs(LogsQuery(level="ERROR", limit=LINES)),
    "log_lines": lambda client: client.logs(LogsQuery(limit=LINES)),
}
"""What is collected, by the name of its file. No answer of the service has a key or a password."""


def draw_diagnostics() -> None:
    """Draw the versions, and the button for the file."""
    st.header("Versions and diagnostics", anchor=False)
    with asking_quietly("Versions"):
        st.table(facts(housing_client()), border="horizontal", alt="Versions")
    st.download_button(
        "Download diagnostics",
        lambda: collect(housing_client(), READINGS),
        f"diagnostics_{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip",
        "application/zip",
        icon=":material/download:",
        key="configuration_diagnostics",
        on_click="ignore",
    )
    st.caption(
        f"State of the service, models, configuration, alerts, traffic, events and the newest {LINES} log "
        "lines as JSON files; no inputs, predictions or keys. Read it before you send it on: log lines may "
        "name people and files."
    )


def facts(client: HousingClient) -> dict[str, str]:
    """Return the versions that matter first."""
    info = client.info()
    return {
        "Service": VERSION,
        "Model": f"`{info.model_version}`, trained {moment(info.trained_at)}",
        "Python": platform.python_version(),
        "Streamlit": version("streamlit"),
    }


def collect(client: HousingClient, readings: Mapping[str, Reading]) -> bytes:
    """Return the file: a reading that fails leaves its reason in its place."""
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("versions.json", json.dumps(_versions(), indent=2))
        for name, read in readings.items():
            try:
                archive.writestr(f"{name}.json", read(client).model_dump_json(indent=2))
            except ClientError as error:
                archive.writestr(f"{name}.failed.txt", f"{error}\n")
    return content.getvalue()


def _versions() -> dict[str, Any]:
    return {
        "service": VERSION,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: version(name) for name in PACKAGES},
    }
