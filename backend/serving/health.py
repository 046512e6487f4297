"""The health of a process: whether it can predict and record, and with which model."""

from datetime import datetime, timedelta

from backend.contract.service import HealthResponse, InfoResponse, SupervisedProcess
from backend.metrics.metrics import Metrics
from backend.serving.model_host import ModelHost
from backend.serving.served_model import ServedModel
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import ModelUnavailable, SpoolUnavailable
from storage.log_writer.status import LogWriterStatus, read_status
from storage.models.libraries import libraries_note
from storage.paths import RuntimePaths
from storage.schema.records import utc_now
from storage.spool.spool import Spool
from storage.version import VERSION
from training.kernels.machine_code import why_not_kept

SILENCE_WORTH_SAYING = timedelta(minutes=1)


def health(
    host: ModelHost,
    spool: Spool,
    metrics: Metrics,
    paths: RuntimePaths,
    processes: list[SupervisedProcess] | None,
) -> HealthResponse:
    """Return whether it can predict and record, which version was refused, and what is worth a look."""
    refusal = host.refusal
    no_room = _no_room(spool)
    alarms = [*no_room, *_alarms(read_status(paths.log_writer_status), utc_now())]
    model = host.loaded
    if model is not None and (note := libraries_note(model.manifest)) is not None:
        alarms.append(note)
    if (problem := why_not_kept()) is not None:
        alarms.append(problem)
    refused_version = refusal.version if refusal else None
    refused_reason = refusal.reason if refusal else None
    try:
        version = host.current().manifest.version
    except ModelUnavailable as error:
        return HealthResponse(
            status="unhealthy",
            message=str(error),
            refused_version=refused_version,
            refused_reason=refused_reason,
            processes=processes,
            alarms=alarms,
        )
    message = "The service is ready to predict."
    if refusal:
        message = f"{refusal.subject} was refused; {version} still serves."
    return HealthResponse(
        status="unhealthy" if no_room else "healthy",
        message=no_room[0] if no_room else message,
        model_version=version,
        workers_by_version=metrics.workers_by_version(),
        refused_version=refused_version,
        refused_reason=refused_reason,
        processes=processes,
        alarms=alarms,
    )


def _no_room(spool: Spool) -> list[str]:
    """Return why no record can be written, and so no prediction answered; empty if one can."""
    try:
        spool.check_room()
    except SpoolUnavailable as error:
        return [str(error)]
    return []


def _alarms(writer: LogWriterStatus | None, now: datetime) -> list[str]:
    if writer is None:
        return []
    if now - writer.updated_at > SILENCE_WORTH_SAYING:
        return [
            f"The log-writer has not reported since {writer.updated_at:%Y-%m-%d %H:%M} UTC; check that it "
            "runs. Records wait in the spool, and none is lost."
        ]
    return list(writer.problems)


def info(model: ServedModel) -> InfoResponse:
    """Describe the served model."""
    manifest = model.manifest
    return InfoResponse(
        service_version=VERSION,
        model_type=manifest.model_type,
        model_version=manifest.version,
        features=list(FEATURE_NAMES),
        n_features=len(FEATURE_NAMES),
        model_loaded=True,
        scaler_loaded=model.has_preprocessing,
        model_parameters=manifest.parameters,
        metrics=manifest.metrics,
        trained_at=manifest.trained_at,
        table=manifest.table,
        dataset_sha256=manifest.dataset_sha256,
    )
