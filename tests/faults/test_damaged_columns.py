"""Any value in any column of the database file: what reads it answers 200, or 503 with the remedy."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.base import ErrorResponse
from backend.web.operations import OPERATIONS
from storage.database.connection import Database
from storage.models.store import ModelStore
from storage.requests.histogram import count_latencies, encode
from storage.schema.column_types import UtcDateTime
from storage.schema.records import utc_now
from storage.schema.tables import metadata
from storage.settings import Settings
from tests.system import bearer

ANY = (
    "x'ff00fe41'",
    "CAST(x'ff41' AS TEXT)",
    "CAST(x'610062' AS TEXT)",
    "printf('%.*c', 300000, 'x')",
    "''",
    "5",
    "-1",
    "1e300",
    "9223372036854775807",
)
JSON = (
    "'{'",
    "'[]'",
    "'null'",
    "'\"text\"'",
    "'NaN'",
    '\'{"rmse": 1e999, "any": {}}\'',
    '\'{"any": "\\ud800"}\'',
    "printf('%.*c', 100000, '[')",
)
TIMES = ("'0000-00-00'", "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'")
TRIED = 3
"""Values of a column of JSON in one run; of any other, one: each of them is found by its class."""
PREDICTION = "f" * 32
GO_ON = {"events": ["/monitoring/status"], "monitoring_config": ["/monitoring/config"]}
"""They answer without their table too."""


def test_any_value_in_any_column(
    http: FlaskClient, service_settings: Settings, filled: Path
) -> None:
    chosen = random.Random(0)  # noqa: S311 - which, not a secret
    paths = _paths(service_settings)
    answers = 0
    for table in metadata.sorted_tables:
        readers = _readers(table, http, paths, filled)
        for column in table.columns:
            tried = TRIED if _is_json(column) else 1
            for value in chosen.sample(_values(column), tried):
                answers += _ask(http, filled, column, value, readers)
    assert answers > sum(len(table.columns) for table in metadata.sorted_tables)


def _ask(
    http: FlaskClient, database: Path, column: sa.Column[Any], value: str, readers: Sequence[str]
) -> int:
    """Ask each path with the value in the column; return how many, 0 if SQLite refuses the value."""
    try:
        _set(database, column, value)
    except sqlite3.Error:
        return 0
    for path in readers:
        answer = http.get(path, headers=bearer("administer"))
        assert answer.status_code in {200, 404, 503}, (column, value, path, answer.text)
        if answer.status_code == 503:
            said = ErrorResponse.model_validate(answer.json).error
            assert f"{database} is damaged" in said, (column, value, path)
    _set(database, column, f'(SELECT "{column.name}" FROM "good {column.table}")')  # noqa: S608
    return len(readers)


@pytest.fixture
def filled(app: Flask, service_settings: Settings) -> Path:
    """A database with a row in each table, and a copy of each column beside it."""
    version = ModelStore(service_settings.paths).champion().version
    database = Database(service_settings.database_address, writable=True)
    database.migrate()
    with database.transaction() as connection:
        for table in metadata.sorted_tables:
            row = {each.name: _good(each, version) for each in table.columns if each.name != "id"}
            connection.execute(sa.insert(table).values(row))
            _run_in = f'CREATE TABLE "good {table.name}" AS SELECT * FROM {table}'  # noqa: S608
            connection.exec_driver_sql(_run_in)
    database.close()
    return service_settings.paths.database


def _good(column: sa.Column[Any], version: str) -> Any:
    named = {
        "model_version": version,
        "prediction_id": PREDICTION,
        "event_kind": "check",
        "status_code": 200,
        "resolution_seconds": 60,
        "step_start": int(utc_now().timestamp()) // 60 * 60,
        "latency": encode(count_latencies([0.001])),
    }
    if column.name in named:
        return named[column.name]
    if _is_json(column):
        return {}
    if isinstance(column.type, UtcDateTime):
        return utc_now()
    return True if isinstance(column.type, sa.Boolean) else 1 if _is_number(column) else "a"


def _is_number(column: sa.Column[Any]) -> bool:
    return column.type._type_affinity in (sa.Integer, sa.Float, sa.Numeric)


def _is_json(column: sa.Column[Any]) -> bool:
    return column.type._type_affinity is sa.JSON


def _values(column: sa.Column[Any]) -> Sequence[str]:
    if _is_json(column):
        return JSON
    return (*ANY, *TIMES) if isinstance(column.type, UtcDateTime) else ANY


def _paths(settings: Settings) -> list[str]:
    version = ModelStore(settings.paths).champion().version
    rules = [each.removeprefix("GET ") for each in OPERATIONS if each.startswith("GET ")]
    return [
        rule.replace("<prediction_id>", PREDICTION).replace("<version>", version)
        for rule in rules
        if "<asset>" not in rule and not rule.startswith("/health")
    ]


def _readers(table: sa.Table, http: FlaskClient, paths: Sequence[str], database: Path) -> list[str]:
    """Return the paths that need the table: those that fail without it."""
    _run(database, f'ALTER TABLE {table} RENAME TO "away"')
    answers = {path: http.get(path, headers=bearer("administer")) for path in paths}
    _run(database, f'ALTER TABLE "away" RENAME TO {table}')
    needing = [path for path, answer in answers.items() if answer.status_code == 503]
    return needing + GO_ON.get(table.name, [])


def _set(database: Path, column: sa.Column[Any], value: str) -> None:
    _run(database, f'UPDATE {column.table} SET "{column.name}" = {value}')  # noqa: S608


def _run(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)
