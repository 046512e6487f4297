"""Finished retrainings: the result of each and why, and one of them opened."""

from typing import Any

import streamlit as st

from backend.contract.models.version import GateCheck
from backend.contract.retraining.runs import RetrainingResponse, RetrainingRow, RetrainingsQuery
from dashboard.retrain.job import draw_log
from dashboard.retrain.words import SOURCES, outcome, stage_badges, verdict_words
from dashboard.shared.gate_verdict import result_of
from dashboard.shared.open_row import draw_rows
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.foreign import plain
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title, lasting, moment

SHOWN = 50
OVER = "done,failed,cancelled"


def draw_history() -> None:
    """Draw the last retrainings as a table, and the opened one."""
    st.header("Finished retrainings", anchor=False)
    with asking_service():
        query = RetrainingsQuery(state=OVER, limit=SHOWN)
        rows = housing_client().retrainings(query).retrainings
        opened = draw_rows(
            "retrain_history",
            rows,
            history_cells,
            _columns(),
            "No finished retrainings yet. Results will appear here.",
        )
        if opened is not None:
            _draw_opened(housing_client().retraining(opened.trigger_id))


def history_cells(row: RetrainingRow) -> dict[str, Any]:
    """Return one row of the table."""
    elapsed = row.elapsed_seconds
    return {
        "created_at": cell(row.created_at),
        "outcome": outcome(row).title,
        "verdict": verdict_words(row) or None,
        "version": row.version,
        "mlflow": row.mlflow.url if row.mlflow is not None else None,
        "reason": row.reason,
        "source": SOURCES[row.source],
        "requested_by": row.person or row.requested_by,
        "took": lasting(elapsed) if elapsed is not None else None,
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "created_at": config.DatetimeColumn(
            column_title("Requested"), format=COLUMN_FORMAT, width=150
        ),
        "outcome": config.TextColumn("Result", width=90),
        "verdict": config.TextColumn("Why", width=290),
        "version": config.TextColumn("Version", width=190),
        "reason": config.TextColumn("Reason", width=180),
        "source": config.TextColumn("Cause", width=90),
        "requested_by": config.TextColumn("By", width=120),
        "took": config.TextColumn("Duration", width=90),
        "mlflow": config.LinkColumn("MLflow", display_text="Open run", width=100),
    }


def _draw_opened(found: RetrainingResponse) -> None:
    words = outcome(found)
    with st.container(border=True, key="retrain_opened"):
        st.markdown(f"### :{words.colour}[:material/{words.icon}: {words.title}]")
        st.markdown(plain(verdict_words(found)))
        st.markdown(stage_badges(found))
        if found.decision is not None and found.decision.checks:
            _draw_checks(found.decision.checks)
        if found.mlflow is not None:
            st.link_button("Run in MLflow", found.mlflow.url, icon=":material/open_in_new:")
        who = found.person or found.requested_by
        st.caption(f"`{found.trigger_id}`, requested by {who}, {moment(found.created_at)}.")
        if found.log_tail:
            draw_log(found)


def _draw_checks(checks: list[GateCheck]) -> None:
    st.dataframe(
        [
            {
                "result": result_of(check.passed, check.required),
                "name": check.name,
                "sentence": check.sentence,
            }
            for check in checks
        ],
        key="retrain_gate",
        height="content",
        hide_index=True,
        column_config={
            "result": st.column_config.TextColumn("Result", width=120),
            "name": st.column_config.TextColumn("Check", width=260),
            "sentence": st.column_config.TextColumn("Finding", width="large"),
        },
        alt="The checks of the promotion gate",
    )
