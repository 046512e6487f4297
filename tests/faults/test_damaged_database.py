"""A file that is no database: reading answers 503 with the remedy, the log-writer waits and goes on."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.base import ErrorResponse
from backend.services import EXTENSION, Services
from backend.web.operations import OPERATIONS
from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.schema.records import utc_now
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.backend.live_service import process_settings
from tests.storage import records
from tests.storage.damage import DAMAGES, whole
from tests.system import bearer, running, wait_for

pytestmark = pytest.mark.xdist_group("faults")

OF_THE_DATABASE = {
    "/predictions",
    "/predictions/<prediction_id>",
    "/predictions/counts",
    "/predictions/export",
    "/predictions/metadata",
    "/requests/<request_id>",
    "/logs",
    "/logs/counts",
    "/logs/export",
    "/metrics/api",
    "/metrics/api/counts",
    "/metrics/api/export",
    "/metrics/api/summary",
    "/metrics/api/slowest",
    "/metrics/models",
    "/database/stats",
    "/monitoring/drift",
    "/monitoring/refused",
    "/monitoring/performance",
    "/monitoring/performance/segment",
    "/monitoring/shadow",
    "/monitoring/history",
}
QUERIES = {
    "/models/<version>/comparison": {"against": "champion"},
    "/monitoring/performance/segment": {"where": "MedInc:2.."},
    "/interaction": {"first": "MedInc", "second": "AveOccup"},
}
PARTLY = "destroyed pages"
NEWER = "newer schema"
IMPOSSIBLE = "impossible values"
CHANGES = {
    NEWER: ["UPDATE alembic_version SET version_num = '9001'"],
    IMPOSSIBLE: [
        "UPDATE predictions SET prediction = x'ff00'",
        "UPDATE logs SET timestamp = '2025-99-99 00:00:00'",
        "INSERT INTO events (timestamp, event_id, event_kind, actor, summary, figures) "
        "VALUES ('2026-11-29 00:00:00', 'one', 'drift', 'monitor', 'Drift.', '{')",
    ],
}
"""What SQLite itself takes for good; a page that was overwritten within a row looks like the second."""


@pytest.mark.parametrize("damage", [*DAMAGES, *CHANGES])
def test_every_route_that_reads_answers_with_the_remedy(
    damage: str, app: Flask, http: FlaskClient, service_settings: Settings, damaged: "Damaged"
) -> None:
    path = service_settings.paths.database
    damaged.make(path, damage)
    refused = set()
    for operation, described in OPERATIONS.items():
        method, _, rule = operation.partition(" ")
        if method != "GET" or rule == "/docs/<asset>":
            continue
        path_asked = re.sub("<[a-z_]+>", "none", rule)
        answer = http.get(path_asked, query_string=QUERIES.get(rule), headers=bearer("administer"))
        assert answer.status_code in {200, 404, 503}, (rule, answer.text)
        if answer.status_code == 503 and not described.unhealthy:
            refused.add(rule)
            said = ErrorResponse.model_validate(answer.json).error
            assert str(path) in said, rule
            assert "records wait in the spool" in said, rule
    if damage == IMPOSSIBLE:
        assert OF_THE_DATABASE >= refused >= {"/predictions", "/logs", "/monitoring/history"}
    elif damage == PARTLY:  # which routes need the pages is SQLite's choice
        assert OF_THE_DATABASE >= refused >= {"/logs"}
    else:
        assert refused == OF_THE_DATABASE
    services: Services = app.extensions[EXTENSION]
    services.database.close()
    damaged.mend(path)
    assert http.get("/logs").status_code == 200


def test_the_log_writer_waits_says_so_and_goes_on_when_the_file_is_moved_away(
    settings: Settings, tmp_path: Path
) -> None:
    path = settings.paths.database
    path.parent.mkdir(parents=True)
    path.write_text("This is no database.\n" * 500)
    spool = Spool(settings.paths.spool, settings.spool.segment_bytes)
    spool.append([records.answer()])
    log = tmp_path / "log-writer.log"
    backlog = BacklogReader(Database(settings.database_address), settings.paths)
    with running("storage.log_writer", log, **process_settings(settings)) as process:
        wait_for(lambda: "is damaged: move it away" in log.read_text(), what="the remedy")
        path.rename(path.with_name("damaged.db"))
        wait_for(
            lambda: path.exists() and backlog.read(utc_now()).bytes == 0, what="a drained spool"
        )
        assert process.poll() is None
    spool.close()
    said = log.read_text()
    assert said.count("is damaged") == 1
    assert "Working again" in said
    assert "Traceback" not in said


class Damaged:
    """Puts damaged databases in a service's place, from one whole one."""

    def __init__(self, good: Path) -> None:
        self._good = good

    def make(self, path: Path, damage: str) -> None:
        """Put a damaged database at the path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._good, path)
        if damage not in CHANGES:
            DAMAGES[damage](path)
            return
        database = Database(f"sqlite:///{path}", writable=True)
        with database.transaction() as connection:
            for statement in CHANGES[damage]:
                connection.exec_driver_sql(statement)
        database.close()

    def mend(self, path: Path) -> None:
        """Put the whole one there."""
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copy(self._good, path)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Damaged:
    good = tmp_path_factory.mktemp("good") / "whole.db"
    whole(good)
    return Damaged(good)
