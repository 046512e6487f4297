"""The answer to a check: of rows that were sent, or of the logged window."""

from collections.abc import Sequence
from typing import Any, Literal

from backend.contract.retraining.check import (
    DataVolumeCheck,
    RetrainingCheckResponse,
    StoredCheckResponse,
)
from backend.retraining.check import RetrainingCheck


def check_response(
    check: RetrainingCheck, checked: Literal["sent", "logged"]
) -> RetrainingCheckResponse:
    """Return the answer to a check that is not stored."""
    return RetrainingCheckResponse(checked=checked, **_described(check))


def stored_response(
    check: RetrainingCheck, check_id: str, alerts: Sequence[str], trigger_id: str | None
) -> StoredCheckResponse:
    """Return the answer to a stored check, with its alerts and the retraining it requested."""
    return StoredCheckResponse(
        checked="logged",
        check_id=check_id,
        alerts=list(alerts),
        trigger_id=trigger_id,
        **_described(check),
    )


def _described(check: RetrainingCheck) -> dict[str, Any]:
    decision, drift, error = check.decision, check.drift, check.error
    return {
        **dict(decision),
        "drift_analysis": drift.analysis if drift is not None else None,
        "performance_analysis": error.analysis if error is not None else None,
        "data_volume_check": _volume(check),
        "model_version": check.model_version,
    }


def _volume(check: RetrainingCheck) -> DataVolumeCheck:
    rows = check.drift.analysis.n_samples if check.drift is not None else 0
    labelled = check.error.analysis.realized.rows if check.error is not None else 0
    config = check.config
    return DataVolumeCheck(
        rows=rows,
        minimum_rows=config.drift_minimum_rows,
        enough_rows=rows >= config.drift_minimum_rows,
        labelled_rows=labelled,
        minimum_labelled_rows=config.performance_minimum_rows,
        enough_labelled_rows=labelled >= config.performance_minimum_rows,
        newly_labelled_rows=check.circumstances.newly_labelled_rows,
        labelled_rows_for_retraining=config.enough_labelled_rows,
    )
