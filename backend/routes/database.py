"""GET /database/stats and POST /database/clear."""

import logging

from flask import Blueprint, Response

from backend.contract.database import (
    DatabaseClearedResponse,
    DatabaseStatistics,
    DatabaseStatisticsResponse,
)
from backend.drift.usual.history import forget_traffic
from backend.services import current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from storage.database.commands import ask
from storage.errors import CommandUnderWay

logger = logging.getLogger(__name__)

CLEARING_SECONDS = 1.5
"""How long a clearing is waited for: of ten million rows it takes some seconds."""

blueprint = Blueprint("database", __name__, url_prefix="/database")


@blueprint.get("/stats")
def statistics() -> Response:
    """Return the number and size of all records."""
    counted = current_services().record_log.statistics()
    return answer(DatabaseStatisticsResponse(statistics=DatabaseStatistics(**counted)))


@blueprint.post("/clear")
def clear() -> Response:
    """Delete every record, what drift checks learned from them, and kept answers; needs the role admin."""
    services = current_services()
    try:
        deleted = ask(
            services.spool,
            services.database,
            "clear_database",
            services.settings.backend.command_timeout_seconds,
            {"asked_by": current_actor()},
            CLEARING_SECONDS,
        )
    except CommandUnderWay:
        return _under_way()
    _forget()
    tell("database cleared", deleted=deleted)
    logger.warning("The database was cleared: %s", deleted)
    return answer(DatabaseClearedResponse(deleted=deleted))


def _under_way() -> Response:
    _forget()
    tell("database being cleared")
    logger.warning("The database is being cleared.")
    return answer(
        DatabaseClearedResponse(
            message="The log-writer is deleting all records. Predictions are answered meanwhile, and show up "
            "when it is done; the timeline says when.",
            deleted={},
            under_way=True,
        )
    )


def _forget() -> None:
    """Forget what was learned or kept of the records."""
    services = current_services()
    forget_traffic(services.settings.paths.traffic)
    services.kept_answers.forget()
