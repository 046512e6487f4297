"""The health of a process: whether it can predict, and with which model."""

from backend.contract.service import HealthResponse, InfoResponse, SupervisedProcess
from backend.metrics.metrics import Metrics
from backend.serving.model_host import ModelHost
from backend.serving.served_model import ServedModel
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import ModelUnavailable
from storage.version import VERSION


def health(
    host: ModelHost, metrics: Metrics, processes: list[SupervisedProcess] | None
) -> HealthResponse:
    """Return whether a model is loaded, which version was refused, if any, and how the processes are."""
    refusal = host.refusal
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
        )
    message = "The service is ready to predict."
    if refusal:
        message = f"{refusal.subject} was refused; {version} still serves."
    return HealthResponse(
        status="healthy",
        message=message,
        model_version=version,
        workers_by_version=metrics.workers_by_version(),
        refused_version=refused_version,
        refused_reason=refused_reason,
        processes=processes,
    )


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
        trained_at=manifest.created_at,
    )
