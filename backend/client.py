"""The typed client of the service, used by the dashboard, the monitor and other programs.

See ``backend/connection.py`` for the errors its calls raise.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from backend.connection import (
    CHECK_SECONDS,
    DEFAULT_TIMEOUT_SECONDS,
    AnswerLate,
    ClientError,
    ServiceRefused,
    ServiceUnreachable,
    UnexpectedAnswer,
    checked,
    media_type,
    parse,
)
from backend.contract.audit import AuditQuery, AuditResponse
from backend.contract.data import TableResponse
from backend.contract.database import DatabaseClearedResponse
from backend.contract.drift.analysis import (
    DriftQuery,
    DriftRequest,
    DriftResponse,
    DriftWindowResponse,
)
from backend.contract.drift.refused import RefusedQuery, RefusedResponse
from backend.contract.feedback import Correction, FeedbackItem, FeedbackRequest, FeedbackResponse
from backend.contract.models.registry import ChampionChange, ChampionChangedResponse, ModelsResponse
from backend.contract.models.remarks import RemarksRequest, RemarksResponse
from backend.contract.models.version import ComparisonQuery, ComparisonResponse, VersionResponse
from backend.contract.monitoring import (
    ConfigChange,
    ConfigResponse,
    DataWindow,
    HistoryQuery,
    HistoryResponse,
    RequestedSource,
    StatusResponse,
    TrainingPlan,
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
from backend.contract.service import HealthResponse, InfoResponse
from backend.contract.shadow import ShadowQuery, ShadowResponse
from backend.what_if_client import WhatIfClient

__all__ = [
    "DEFAULT_TIMEOUT_SECONDS",
    "AnswerLate",
    "ClientError",
    "HousingClient",
    "ServiceRefused",
    "ServiceUnreachable",
    "UnexpectedAnswer",
]


class HousingClient(WhatIfClient):
    """The calls of one service, over a connection to it; see ``ServiceConnection`` for how to make one."""

    def health(self) -> HealthResponse:
        """Return whether a model is loaded; an unhealthy service also answers."""
        answer = self._send("GET", "/health", None, None, None)
        if answer.status_code == 503 and "application/problem+json" not in media_type(answer):
            return parse(HealthResponse, answer)
        return parse(HealthResponse, checked(answer))

    def info(self) -> InfoResponse:
        """Describe the served model."""
        return self._get(InfoResponse, "/info")

    def table(self) -> TableResponse:
        """Describe the table that the served model learned from."""
        return self._get(TableResponse, "/table")

    def metrics(self) -> str:
        """Return the metrics of all worker processes in Prometheus' text format."""
        return checked(self._send("GET", "/metrics", None, None, None)).text

    def predict(
        self,
        features: HousingFeatures,
        request_id: str | None = None,
        *,
        explain: bool = False,
        reference: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> PredictionResponse:
        """Predict for one row, in the target's unit; ``explain`` adds the contribution of each input.

        ``reference`` is your own id of it, and ``metadata`` short texts by name; both are logged with the
        prediction, which is found by them later.
        """
        path = "/predict?explain=true" if explain else "/predict"
        is_silent = reference is None and metadata is None
        body = features if is_silent else PredictionRequest.about(features, reference, metadata)
        return self._post(PredictionResponse, path, body, request_id)

    def predict_batch(
        self,
        instances: Sequence[HousingFeatures],
        *,
        references: Sequence[str | None] | None = None,
        metadata: Sequence[Mapping[str, str] | None] | None = None,
    ) -> BatchPredictionResponse:
        """Predict for 1 to 10,000 rows, in order; with your own ids and texts, one for each instance.

        Raises
        ------
        ValueError
            If there are more or fewer of them than instances.
        """
        said = [
            [None] * len(instances) if each is None else each for each in (references, metadata)
        ]
        asked = [PredictionRequest.about(*each) for each in zip(instances, *said, strict=True)]
        body = BatchPredictionRequest.model_construct(instances=asked)
        return self._post(BatchPredictionResponse, "/predict_batch", body)

    def compare_rows(self, rows: DriftRequest) -> DriftResponse:
        """Compare rows with the training data of the served model."""
        return self._post(DriftResponse, "/monitoring/drift", rows)

    def drift(self, query: DriftQuery | None = None) -> DriftWindowResponse:
        """Compare the predictions logged in a window with the training data."""
        return self._get(DriftWindowResponse, "/monitoring/drift", query)

    def refused_inputs(self, query: RefusedQuery | None = None) -> RefusedResponse:
        """Return what requests to predict were refused for in a window, by input."""
        return self._get(RefusedResponse, "/monitoring/refused", query)

    def feedback(
        self,
        items: list[FeedbackItem],
        correction: Correction | None = None,
        *,
        dry_run: bool = False,
    ) -> FeedbackResponse:
        """Attach 1 to 10,000 actual values to prediction ids; needs an operator's key.

        With a correction, values that differ from the stored ones replace them. A dry run answers what would
        become of them, and changes nothing.
        """
        body = FeedbackRequest(items=items, correction=correction, dry_run=dry_run)
        return self._post(FeedbackResponse, "/feedback", body)

    def performance(self, query: PerformanceQuery | None = None) -> PerformanceResponse:
        """Return realized and estimated error in a window of the served version's predictions."""
        return self._get(PerformanceResponse, "/monitoring/performance", query)

    def segment(self, query: SegmentQuery) -> SegmentResponse:
        """Return the error of the predictions that meet the query's conditions, and the worst of them."""
        return self._get(SegmentResponse, "/monitoring/performance/segment", query)

    def shadow(self, query: ShadowQuery | None = None) -> ShadowResponse:
        """Compare a challenger's shadow answers in a window with the champion's."""
        return self._get(ShadowResponse, "/monitoring/shadow", query)

    def clear_database(self) -> DatabaseClearedResponse:
        """Delete every record; needs an admin key."""
        return self._post(DatabaseClearedResponse, "/database/clear", None)

    def monitoring_config(self) -> ConfigResponse:
        """Return the monitoring configuration in force, and what each value means."""
        return self._get(ConfigResponse, "/monitoring/config")

    def change_monitoring_config(
        self, *, person: str | None = None, reason: str | None = None, **values: float
    ) -> ConfigResponse:
        """Change some values of the monitoring configuration; needs an admin key."""
        body = ConfigChange.model_construct(None, person=person, reason=reason, **values)
        return self._post(ConfigResponse, "/monitoring/config", body, method="PUT")

    def monitoring_status(self) -> StatusResponse:
        """Return what is monitored, the queued retrainings and the last check."""
        return self._get(StatusResponse, "/monitoring/status")

    def history(self, query: HistoryQuery | None = None) -> HistoryResponse:
        """Return the timeline of events, newest first."""
        return self._get(HistoryResponse, "/monitoring/history", query)

    def write_note(
        self, person: str, note: str, at: datetime | None = None
    ) -> TimelineNoteResponse:
        """Write a note on the timeline, about now or an earlier time; needs an operator key."""
        body = TimelineNoteRequest(person=person, note=note, at=at)
        return self._post(TimelineNoteResponse, "/monitoring/notes", body)

    def trigger_retraining(
        self,
        reason: str,
        window: DataWindow | None = None,
        source: RequestedSource = "manual",
        *,
        force: bool = False,
        person: str | None = None,
        plan: TrainingPlan | None = None,
    ) -> TriggerResponse:
        """Request a retraining, for a check's finding if ``source`` names one; needs an operator key."""
        body = TriggerRequest(
            person=person, reason=reason, window=window, source=source, force=force, plan=plan
        )
        return self._post(TriggerResponse, "/monitoring/trigger-retraining", body)

    def retraining_check(
        self, asked: RetrainingCheckRequest | None = None
    ) -> RetrainingCheckResponse:
        """Check whether to retrain, by the rows of ``asked`` or by logged predictions."""
        body = asked or RetrainingCheckRequest()
        path = "/monitoring/retraining-check"
        return self._post(RetrainingCheckResponse, path, body, at_least_seconds=CHECK_SECONDS)

    def run_checks(self) -> StoredCheckResponse:
        """Check logged predictions and record the result; needs an operator key."""
        path = "/monitoring/checks"
        return self._post(StoredCheckResponse, path, None, at_least_seconds=CHECK_SECONDS)

    def learnable(self, query: LearnableQuery | None = None) -> LearnableResponse:
        """Return which labelled predictions a retraining requested now would learn from."""
        path = "/retraining/learnable"
        return self._get(LearnableResponse, path, query, at_least_seconds=CHECK_SECONDS)

    def retraining(self, trigger_id: str) -> RetrainingResponse:
        """Return the progress and result of one retraining."""
        return self._get(RetrainingResponse, f"/retraining/{trigger_id}")

    def retrainings(self, query: RetrainingsQuery | None = None) -> RetrainingsResponse:
        """Return queued, running and finished retrainings, most recently requested first."""
        return self._get(RetrainingsResponse, "/retraining", query)

    def cancel_retraining(self, trigger_id: str, reason: str) -> CancelResponse:
        """Cancel a retraining; needs an operator key. A running one stops at the end of its step."""
        body = CancelRequest(reason=reason)
        return self._post(CancelResponse, f"/retraining/{trigger_id}/cancel", body)

    def models(self) -> ModelsResponse:
        """Return the trained versions, newest first, and the champion."""
        return self._get(ModelsResponse, "/models")

    def model_version(self, version: str) -> VersionResponse:
        """Return one version: metrics with confidence intervals, segments and the gate's verdict."""
        return self._get(VersionResponse, f"/models/{version}")

    def compare_versions(self, version: str, against: str) -> ComparisonResponse:
        """Compare two versions on the rows that both holdouts contain."""
        query = ComparisonQuery(against=against)
        return self._get(ComparisonResponse, f"/models/{version}/comparison", query)

    def remark(self, version: str, asked: RemarksRequest) -> RemarksResponse:
        """Write a note of a version, or change its tags; needs an operator key."""
        return self._post(RemarksResponse, f"/models/{version}/remarks", asked)

    def promote(
        self, version: str, reason: str, expected_champion: str | None = None
    ) -> ChampionChangedResponse:
        """Promote a version to champion; needs an admin key.

        With ``expected_champion``, nothing changes if another one is champion by now.
        """
        body = ChampionChange(reason=reason, expected_champion=expected_champion)
        return self._post(ChampionChangedResponse, f"/models/{version}/promote", body)

    def roll_back(
        self, reason: str, expected_champion: str | None = None
    ) -> ChampionChangedResponse:
        """Roll back to the newest version that served well before; needs an admin key; see ``promote``."""
        body = ChampionChange(reason=reason, expected_champion=expected_champion)
        return self._post(ChampionChangedResponse, "/models/rollback", body)

    def audit(self, query: AuditQuery | None = None) -> AuditResponse:
        """Return who changed what, newest first, and whether the log is intact; needs an operator key."""
        return self._get(AuditResponse, "/audit", query)
