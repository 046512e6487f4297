"""The request and response models of each endpoint, by method and route template."""

from dataclasses import dataclass

from pydantic import BaseModel

from backend.contract.alert_trial import AlertTrialQuery, AlertTrialRequest, AlertTrialResponse
from backend.contract.alerts import (
    AcknowledgeRequest,
    AlertAct,
    AlertResponse,
    AlertRulesResponse,
    AlertsResponse,
    NoteRequest,
    RoutesTestResponse,
    SilenceRequest,
)
from backend.contract.audit import AuditQuery, AuditResponse
from backend.contract.counterfactuals import CounterfactualsRequest, CounterfactualsResponse
from backend.contract.data import TableResponse
from backend.contract.database import DatabaseClearedResponse, DatabaseStatisticsResponse
from backend.contract.dependence import (
    DependenceResponse,
    InteractionQuery,
    InteractionResponse,
)
from backend.contract.drift.analysis import (
    DriftQuery,
    DriftRequest,
    DriftResponse,
    DriftWindowResponse,
)
from backend.contract.drift.refused import RefusedQuery, RefusedResponse
from backend.contract.feedback import FeedbackRequest, FeedbackResponse
from backend.contract.keys import (
    KeyMadeResponse,
    KeyRequest,
    KeyRevocation,
    KeyRevokedResponse,
    KeyRotation,
    KeysResponse,
)
from backend.contract.models.registry import ChampionChange, ChampionChangedResponse, ModelsResponse
from backend.contract.models.remarks import RemarksRequest, RemarksResponse
from backend.contract.models.version import ComparisonQuery, ComparisonResponse, VersionResponse
from backend.contract.monitoring import (
    ConfigChange,
    ConfigResponse,
    HistoryQuery,
    HistoryResponse,
    StatusResponse,
    TriggerRequest,
    TriggerResponse,
)
from backend.contract.notes import TimelineNoteRequest, TimelineNoteResponse
from backend.contract.performance import PerformanceQuery, PerformanceResponse
from backend.contract.predictions import (
    BatchPredictionRequest,
    BatchPredictionResponse,
    HousingFeatures,
    PredictionRequest,
    PredictionResponse,
    PredictQuery,
)
from backend.contract.protocols.open_inference import (
    InferenceModel,
    InferenceServer,
    InferRequest,
    InferResponse,
    ModelReady,
    ServerLive,
    ServerReady,
)
from backend.contract.protocols.scoring import InvocationsRequest, InvocationsResponse, Ping
from backend.contract.records import (
    LoggedPredictionResponse,
    LogsQuery,
    LogsResponse,
    MetadataQuery,
    MetadataResponse,
    ModelMetricsQuery,
    ModelMetricsResponse,
    PredictionsQuery,
    PredictionsResponse,
    RequestsQuery,
    RequestsResponse,
)
from backend.contract.retraining.check import (
    RetrainingCheckRequest,
    RetrainingCheckResponse,
    StoredCheckResponse,
)
from backend.contract.retraining.learnable import LearnableQuery, LearnableResponse
from backend.contract.retraining.runs import (
    CancelRequest,
    CancelResponse,
    RetrainingResponse,
    RetrainingsQuery,
    RetrainingsResponse,
)
from backend.contract.segment import SegmentQuery, SegmentResponse
from backend.contract.service import (
    HealthResponse,
    InfoResponse,
    SchemaResponse,
    ServiceDescription,
)
from backend.contract.shadow import ShadowQuery, ShadowResponse
from backend.contract.stored.counts import (
    CountsResponse,
    LineCountsQuery,
    PredictionCountsQuery,
    RequestCountsQuery,
)
from backend.contract.stored.export import (
    LineExportQuery,
    PredictionExportQuery,
    RequestExportQuery,
)
from backend.contract.stored.one_request import OneRequestResponse
from backend.contract.stored.traffic import (
    SlowestQuery,
    SlowestResponse,
    SummaryQuery,
    SummaryResponse,
)
from backend.contract.what_if import (
    NearestQuery,
    NearestResponse,
    SensitivityQuery,
    SensitivityResponse,
)

JSON = "application/json"
MODEL = "/v2/models/<model_name>"
CSV = "text/csv"
TABLES = (CSV, "application/vnd.apache.parquet")
LINES = ("application/x-ndjson",)


@dataclass(frozen=True)
class Operation:
    """One endpoint. With ``response`` None, the answer has no model, only a ``media_type``.

    ``unhealthy``: a 503 has the form of the answer, not of an error. ``conflict``: 409 is possible;
    ``missing``: 404 is, without an id in the path. ``other_types``: those of an answer in other forms.
    ``idempotent``: it takes an Idempotency-Key. ``other_bodies``: media types of a body in other forms.
    """

    response: type[BaseModel] | None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    media_type: str = JSON
    other_types: tuple[str, ...] = ()
    unhealthy: bool = False
    conflict: bool = False
    missing: bool = False
    may_be_empty: bool = False
    idempotent: bool = False
    other_bodies: tuple[str, ...] = ()


HEALTH = Operation(HealthResponse, unhealthy=True)
CHAMPION_CHANGE = Operation(ChampionChangedResponse, body=ChampionChange, conflict=True)

OPERATIONS: dict[str, Operation] = {
    "GET /": Operation(ServiceDescription),
    "GET /health": HEALTH,
    "GET /health/live": HEALTH,
    "GET /health/ready": HEALTH,
    "GET /info": Operation(InfoResponse),
    "GET /schema": Operation(SchemaResponse),
    "GET /table": Operation(TableResponse, conflict=True),
    "GET /metrics": Operation(None, media_type="text/plain"),
    "GET /openapi.json": Operation(None),
    "GET /docs": Operation(None, media_type="text/html"),
    "GET /docs/<asset>": Operation(None, media_type="text/javascript"),
    "POST /predict": Operation(
        PredictionResponse, body=PredictionRequest, query=PredictQuery, idempotent=True
    ),
    "POST /predict_batch": Operation(
        BatchPredictionResponse, body=BatchPredictionRequest, idempotent=True
    ),
    "POST /sensitivity": Operation(
        SensitivityResponse, body=HousingFeatures, query=SensitivityQuery
    ),
    "POST /nearest_districts": Operation(NearestResponse, body=HousingFeatures, query=NearestQuery),
    "GET /dependence": Operation(DependenceResponse),
    "GET /interaction": Operation(InteractionResponse, query=InteractionQuery, missing=True),
    "POST /counterfactuals": Operation(CounterfactualsResponse, body=CounterfactualsRequest),
    "GET /v2": Operation(InferenceServer),
    "GET /v2/health/live": Operation(ServerLive),
    "GET /v2/health/ready": Operation(ServerReady, unhealthy=True),
    **{
        f"{method} {MODEL}{version}{rest}": operation
        for version in ("", "/versions/<version>")
        for method, rest, operation in (
            ("GET", "", Operation(InferenceModel)),
            ("GET", "/ready", Operation(ModelReady)),
            ("POST", "/infer", Operation(InferResponse, body=InferRequest)),
        )
    },
    "GET /ping": Operation(Ping, unhealthy=True),
    "GET /version": Operation(None, media_type="text/plain"),
    "POST /invocations": Operation(
        InvocationsResponse, body=InvocationsRequest, other_bodies=TABLES
    ),
    "POST /feedback": Operation(FeedbackResponse, body=FeedbackRequest, idempotent=True),
    "GET /predictions": Operation(PredictionsResponse, query=PredictionsQuery),
    "GET /predictions/metadata": Operation(MetadataResponse, query=MetadataQuery),
    "GET /predictions/counts": Operation(CountsResponse, query=PredictionCountsQuery),
    "GET /predictions/export": Operation(
        None, query=PredictionExportQuery, media_type=CSV, other_types=LINES
    ),
    "GET /predictions/<prediction_id>": Operation(LoggedPredictionResponse),
    "GET /requests/<request_id>": Operation(OneRequestResponse),
    "GET /logs": Operation(LogsResponse, query=LogsQuery),
    "GET /logs/counts": Operation(CountsResponse, query=LineCountsQuery),
    "GET /logs/export": Operation(None, query=LineExportQuery, media_type=CSV, other_types=LINES),
    "GET /metrics/api": Operation(RequestsResponse, query=RequestsQuery),
    "GET /metrics/api/counts": Operation(CountsResponse, query=RequestCountsQuery),
    "GET /metrics/api/export": Operation(
        None, query=RequestExportQuery, media_type=CSV, other_types=LINES
    ),
    "GET /metrics/api/summary": Operation(SummaryResponse, query=SummaryQuery, conflict=True),
    "GET /metrics/api/slowest": Operation(SlowestResponse, query=SlowestQuery, conflict=True),
    "GET /metrics/models": Operation(ModelMetricsResponse, query=ModelMetricsQuery),
    "GET /database/stats": Operation(DatabaseStatisticsResponse),
    "POST /database/clear": Operation(DatabaseClearedResponse),
    "POST /monitoring/drift": Operation(DriftResponse, body=DriftRequest),
    "GET /monitoring/drift": Operation(DriftWindowResponse, query=DriftQuery, conflict=True),
    "GET /monitoring/refused": Operation(RefusedResponse, query=RefusedQuery),
    "GET /monitoring/performance": Operation(
        PerformanceResponse, query=PerformanceQuery, missing=True
    ),
    "GET /monitoring/performance/segment": Operation(
        SegmentResponse, query=SegmentQuery, missing=True, conflict=True
    ),
    "GET /monitoring/shadow": Operation(ShadowResponse, query=ShadowQuery),
    "GET /monitoring/config": Operation(ConfigResponse),
    "PUT /monitoring/config": Operation(ConfigResponse, body=ConfigChange),
    "GET /monitoring/status": Operation(StatusResponse),
    "GET /monitoring/history": Operation(HistoryResponse, query=HistoryQuery),
    "POST /monitoring/retraining-check": Operation(
        RetrainingCheckResponse, body=RetrainingCheckRequest, may_be_empty=True
    ),
    "POST /monitoring/checks": Operation(StoredCheckResponse),
    "POST /monitoring/notes": Operation(
        TimelineNoteResponse, body=TimelineNoteRequest, conflict=True
    ),
    "POST /monitoring/trigger-retraining": Operation(
        TriggerResponse, body=TriggerRequest, conflict=True
    ),
    "GET /retraining": Operation(RetrainingsResponse, query=RetrainingsQuery),
    "GET /retraining/learnable": Operation(LearnableResponse, query=LearnableQuery),
    "GET /retraining/<trigger_id>": Operation(RetrainingResponse),
    "POST /retraining/<trigger_id>/cancel": Operation(
        CancelResponse, body=CancelRequest, conflict=True
    ),
    "GET /models": Operation(ModelsResponse),
    "GET /models/<version>": Operation(VersionResponse, conflict=True),
    "GET /models/<version>/comparison": Operation(
        ComparisonResponse, query=ComparisonQuery, conflict=True
    ),
    "POST /models/<version>/remarks": Operation(
        RemarksResponse, body=RemarksRequest, conflict=True
    ),
    "POST /models/<version>/promote": CHAMPION_CHANGE,
    "POST /models/rollback": CHAMPION_CHANGE,
    "GET /audit": Operation(AuditResponse, query=AuditQuery),
    "GET /keys": Operation(KeysResponse),
    "POST /keys": Operation(KeyMadeResponse, body=KeyRequest, conflict=True),
    "POST /keys/<key_id>/rotate": Operation(KeyMadeResponse, body=KeyRotation, conflict=True),
    "POST /keys/<key_id>/revoke": Operation(KeyRevokedResponse, body=KeyRevocation, conflict=True),
    "GET /alerts": Operation(AlertsResponse),
    "GET /alerts/rules": Operation(AlertRulesResponse),
    "POST /alerts/<alert_id>/acknowledge": Operation(
        AlertResponse, body=AcknowledgeRequest, conflict=True
    ),
    "POST /alerts/<alert_id>/silence": Operation(AlertResponse, body=SilenceRequest, conflict=True),
    "POST /alerts/<alert_id>/note": Operation(AlertResponse, body=NoteRequest, conflict=True),
    "POST /alerts/trial": Operation(
        AlertTrialResponse, body=AlertTrialRequest, query=AlertTrialQuery
    ),
    "POST /alerts/routes/test": Operation(RoutesTestResponse, body=AlertAct, conflict=True),
}
"""A test compares this with the routes and fails if an endpoint is missing."""
