"""Processes that keep ending, or are just being started again: named, with their last words."""

from collections.abc import Sequence

import streamlit as st

from backend.contract.service import SupervisedProcess
from dashboard.wording.moment import clock
from dashboard.wording.value import escaped

LINES_SHOWN = 12
MEANINGS = {
    "log-writer": "New records wait in the spool meanwhile; none is lost.",
    "worker": "Retrainings wait meanwhile.",
    "monitor": "The service is not probed and no scheduled check runs meanwhile.",
    "mlflow-server": "MLflow's pages do not answer meanwhile; predictions do.",
    "dashboard": "This console may be interrupted.",
    "mlops-api": "Answers may be interrupted.",
}
"""What it means for the operator that a process does not run."""


def draw_processes(processes: Sequence[SupervisedProcess]) -> None:
    """Draw a notice for each process that keeps ending, and a line for one that will be back at once."""
    for process in processes:
        if process.state == "failing":
            _draw_failing(process)
        elif process.state == "restarting":
            st.caption(
                f":material/restart_alt: {process.name} ended{_how(process)} at "
                f"{clock(process.since)} and is being started again."
            )


def _draw_failing(process: SupervisedProcess) -> None:
    with st.container(key=f"overview_failing_{process.name.replace('-', '_')}"):
        st.error(
            f"**{process.name} keeps ending soon after its start{_how(process)}.** "
            f"Restarts so far: {process.restarts:,}. {MEANINGS.get(process.name, '')}",
            icon=":material/restart_alt:",
        )
        if process.last_lines:
            with st.expander(f"Last lines of {process.name}"):
                lines = process.last_lines[-LINES_SHOWN:]
                st.code("\n".join(lines), language=None, wrap_lines=True)


def _how(process: SupervisedProcess) -> str:
    return f" ({escaped(process.last_end)})" if process.last_end else ""
