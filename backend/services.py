"""What the routes of one application share, made once by ``create_app``."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from backend.metrics import Metrics
from backend.model_host import ModelHost
from backend.prediction_service import PredictionService
from storage.database import Database
from storage.record_log import RecordLog
from storage.settings import Settings
from storage.spool import Spool

EXTENSION = "housing"


@dataclass(frozen=True)
class Services:
    """The parts behind the routes."""

    settings: Settings
    spool: Spool
    database: Database
    host: ModelHost
    predictions: PredictionService
    record_log: RecordLog
    metrics: Metrics


def current_services() -> Services:
    """Return the parts of the application that answers the current request."""
    return cast(Services, current_app.extensions[EXTENSION])
