"""Everything that the Overview shows, read in one go: it is drawn whole or not at all."""

from dataclasses import dataclass
from datetime import datetime

from backend.client import HousingClient
from backend.contract.alerts import AlertsResponse
from backend.contract.records import PredictionRow, PredictionsQuery
from backend.contract.service import HealthResponse, InfoResponse
from backend.contract.stored.traffic import SummaryQuery, SummaryResponse
from dashboard.shared.service import asking_quietly
from dashboard.shared.sources import WITHOUT_PROBES
from dashboard.shared.traffic import endpoint_filter
from dashboard.timeline.comparison import is_compared
from dashboard.timeline.time_range import TimeRange
from dashboard.wording.zone import zone_name

LAST_PREDICTIONS = 12


@dataclass(frozen=True)
class OverviewReading:
    """One reading of the service; ``info`` is None when no model is loaded, ``before`` if not asked for."""

    health: HealthResponse
    alerts: AlertsResponse
    info: InfoResponse | None
    traffic: SummaryResponse
    predictions: list[PredictionRow]
    before: SummaryResponse | None = None

    @property
    def read_at(self) -> datetime:
        """When the service was read, by its own clock."""
        return self.health.timestamp


def read_overview(client: HousingClient, scope: str, shown: TimeRange) -> OverviewReading:
    """Ask the service for all of it; ``scope`` says which requests count, ``shown`` of what time.

    Raises
    ------
    ClientError
        If one of the calls fails.
    """
    health = client.health()
    query = SummaryQuery(
        window=shown.length,
        until=shown.until,
        endpoint=endpoint_filter(scope),
        sources=WITHOUT_PROBES,
        zone=zone_name(),
    )
    traffic = client.traffic_summary(query)
    before: SummaryResponse | None = None
    if is_compared():
        # A failure says so, and leaves the rest of the page.
        with asking_quietly("The period before"):
            before = client.traffic_summary(query.model_copy(update={"until": traffic.since}))
    newest = PredictionsQuery(limit=LAST_PREDICTIONS, sources=WITHOUT_PROBES)
    return OverviewReading(
        health=health,
        alerts=client.alerts(),
        info=client.info() if health.status == "healthy" else None,
        traffic=traffic,
        predictions=client.predictions(newest).predictions,
        before=before,
    )
