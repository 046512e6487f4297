"""All versions in one table; the selected row is the one to compare."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from backend.contract.models.registry import ModelsResponse, ModelVersion, RemovedModelVersion
from backend.contract.performance import Estimate
from dashboard.registry.choice import compare_with
from dashboard.registry.remarks import choose_tags
from dashboard.shared.foreign_text import harmless
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title
from dashboard.wording.value import in_written_unit, ranged, value_column, written
from dashboard.wording.version_words import model_label, state_of


def draw_versions(models: ModelsResponse) -> None:
    """Draw the table, and name the damaged folders."""
    st.header("Versions", anchor=False)
    wanted = choose_tags(models.versions)
    versions = [one for one in models.versions if {*wanted} <= {*one.tags}]
    key = f"registry_versions_{models.champion}_{len(versions)}_{'_'.join(wanted)}"
    st.dataframe(
        harmless(version_cells(one, models) for one in versions),
        key=key,
        height="content" if len(versions) <= 10 else 420,
        hide_index=True,
        column_config=_columns(),
        on_select=lambda: _choose_selected(key, versions),
        selection_mode="single-row",
        placeholder="–",
        alt="The trained versions, newest first; select one to compare it",
    )
    st.caption(
        "RMSE on each version's own holdout, which it was not trained on. A challenger is newer than the "
        "champion and never served. A rollback leads to the previous version, which served before and was "
        "not rolled back. Select a row at its left edge to compare it."
    )
    if models.removed:
        _draw_removed(models.removed)
    if models.unreadable:
        st.warning(
            f"Not listed, because the manifest is damaged: {', '.join(models.unreadable)}.",
            icon=":material/warning:",
        )


def _draw_removed(removed: list[RemovedModelVersion]) -> None:
    with st.expander(f"Removed versions ({len(removed):,})", icon=":material/auto_delete:"):
        st.caption(
            "Their files are gone, because enough newer versions are kept; their predictions, gate results "
            "and audit entries stay."
        )
        st.dataframe(
            [
                {
                    "version": each.version,
                    "trained": cell(each.created_at),
                    "removed": cell(each.removed_at),
                }
                for each in removed
            ],
            hide_index=True,
            column_config=_removed_columns(),
            alt="Versions whose files were removed, newest first",
        )


def version_cells(version: ModelVersion, models: ModelsResponse) -> dict[str, Any]:
    """Return one row of the table; errors in the written unit."""
    error = version.holdout_rmse
    return {
        "state": state_of(version, models),
        "version": version.version,
        "rmse": in_written_unit(
            error.value if error is not None else version.metrics.get("test_rmse")
        ),
        "interval": _interval(error) if error is not None else version.holdout_reason,
        "tags": version.tags,
        "note": version.notes[0].note if version.notes else None,
        "trained": cell(version.trained_at),
        "model": model_label(version),
    }


def _choose_selected(key: str, versions: Sequence[ModelVersion]) -> None:
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        compare_with(versions[selected[0]].version)


def _interval(error: Estimate) -> str:
    return ranged(written(error.lower), written(error.upper))


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "state": config.TextColumn("State", width=100),
        "version": config.TextColumn("Version", pinned=True),
        "rmse": value_column("RMSE"),
        "interval": config.TextColumn("95% confidence"),
        "tags": config.ListColumn("Tags"),
        "note": config.TextColumn("Newest note"),
        "trained": config.DatetimeColumn(column_title("Trained"), format=COLUMN_FORMAT),
        "model": config.TextColumn("Model"),
    }


def _removed_columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "version": config.TextColumn("Version"),
        "trained": config.DatetimeColumn(column_title("Trained"), format=COLUMN_FORMAT),
        "removed": config.DatetimeColumn(column_title("Removed"), format=COLUMN_FORMAT),
    }
