"""Everything that the Overview shows, read in one go: it is drawn whole or not at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.client import HousingClient
from backend.contract.database import DatabaseStatistics
from backend.contract.records import (
    LARGEST_LIMIT,
    PredictionRow,
    PredictionsQuery,
    RequestRow,
    RequestsQuery,
)
from backend.contract.service import HealthResponse, InfoResponse

TrafficScope = Literal["Predictions", "Every request"]

PREDICTION_ENDPOINTS = ("/predict", "/predict_batch")
LAST_PREDICTIONS = 12


@dataclass(frozen=True)
class OverviewReading:
    """One look at the service; ``info`` is None when no model is loaded."""

    health: HealthResponse
    info: InfoResponse | None
    requests: list[RequestRow]
    predictions: list[PredictionRow]
    statistics: DatabaseStatistics

    @property
    def read_at(self) -> datetime:
        """When the service was looked at, by its own clock."""
        return self.health.timestamp


def read_overview(client: HousingClient, scope: TrafficScope) -> OverviewReading:
    """Ask the service for all of it.

    Raises
    ------
    ClientError
        If one of the calls fails.
    """
    health = client.health()
    return OverviewReading(
        health=health,
        info=client.info() if health.status == "healthy" else None,
        requests=_requests(client, scope),
        predictions=client.predictions(PredictionsQuery(limit=LAST_PREDICTIONS)).predictions,
        statistics=client.database_statistics().statistics,
    )


def _requests(client: HousingClient, scope: TrafficScope) -> list[RequestRow]:
    if scope == "Every request":
        return client.api_metrics(RequestsQuery(limit=LARGEST_LIMIT)).metrics
    rows: list[RequestRow] = []
    for endpoint in PREDICTION_ENDPOINTS:
        rows += client.api_metrics(RequestsQuery(endpoint=endpoint, limit=LARGEST_LIMIT)).metrics
    rows.sort(key=lambda row: row.timestamp, reverse=True)
    return rows[:LARGEST_LIMIT]
