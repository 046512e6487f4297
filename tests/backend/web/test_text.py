"""Text that PostgreSQL cannot store, in every place of every route: refused alike on both databases."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel
from werkzeug.test import TestResponse

from backend.app import create_app
from backend.services import EXTENSION, Services
from backend.web.operations import OPERATIONS
from storage.database.connection import Database
from storage.domain.inputs import EXAMPLE
from storage.log_writer.writer import LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings
from storage.spool.rejected import RejectedRecords
from tests.backend.web.test_errors import assert_problem
from tests.postgresql import empty_database
from tests.settings import changed
from tests.system import bearer

CONTROLS = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160))]
FEW = ["\0", "\x1b", "\x7f", "\x9f"]
"""One of each kind, where all would take long."""
TOKENS = ["-1", "99999999999999999999", "9" * 4000, "٣", "１２", "1e3", " 1", "+1", "x", "\0"]
IDS = ["a\0b", "\x1b", "x" * 5000, "\N{EURO SIGN}" * 100]
QUOTED_HALF = "%ED%A0%80"
"""Half of a surrogate pair, as UTF-8 would write it."""
OPERATIONS_OF = {
    method: [name.split()[1] for name in OPERATIONS if name.startswith(method)]
    for method in ("GET", "POST", "PUT")
}
OPERATIONS_OF["POST"].remove("/database/clear")  # takes no text, and waits for the log-writer


@pytest.fixture(params=["sqlite", "postgresql"])
def on_database(
    request: pytest.FixtureRequest, service_settings: Settings
) -> Iterator[tuple[FlaskClient, Callable[[], int]]]:
    """A client of the application, and how many records are rejected once all are moved."""
    if request.param == "sqlite":
        yield from _service(service_settings)
        return
    with empty_database(request.getfixturevalue("postgresql"), "texts") as url:
        yield from _service(changed(service_settings, database_url=url))


def _service(settings: Settings) -> Iterator[tuple[FlaskClient, Callable[[], int]]]:
    app = create_app(settings)
    services: Services = app.extensions[EXTENSION]
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()

        def rejected() -> int:
            services.spool.close()
            LogWriter(settings.paths, database, 2**20).drain(utc_now())
            return RejectedRecords(settings.paths.rejected_records).count()

        yield app.test_client(), rejected
        services.spool.close()
        services.database.close()


def test_no_text_of_any_route_is_a_fault_of_the_service(
    on_database: tuple[FlaskClient, Callable[[], int]],
) -> None:
    http, rejected = on_database
    for method, rules in OPERATIONS_OF.items():
        for rule in rules:
            for answer in _asked(http, method, rule):
                assert answer.status_code < 500, (method, rule, answer.text)
                if answer.status_code >= 400:
                    assert_problem(answer, answer.status_code)
    assert rejected() == 0


def _asked(http: FlaskClient, method: str, rule: str) -> Iterator[TestResponse]:
    """Yield the answers to unusual text in the path, in each parameter and in each text of the body."""
    described = OPERATIONS[f"{method} {rule}"]
    path = re.sub("<[a-z_]+>", "none", rule)
    if path != rule:
        for value in IDS:
            yield _send(http, method, re.sub("<[a-z_]+>", quote(value), rule))
        yield _send(http, method, re.sub("<[a-z_]+>", QUOTED_HALF, rule))
    for name in [*(described.query.model_fields if described.query else ()), "unknown", "a\0b"]:
        for value in FEW:
            yield _send(http, method, f"{path}?{quote(name)}={quote('a' + value)}")
        yield _send(http, method, f"{path}?{quote(name)}={QUOTED_HALF}")
    for body in _bodies(described.body):
        yield _send(http, method, path, body)


def _bodies(model: type[BaseModel] | None) -> Iterator[bytes]:
    if model is None:
        return
    for name in [*model.model_fields, "a\0b"]:
        for value in FEW:
            yield json.dumps({name: f"a{value}b"}).encode()
        yield json.dumps({name: "\ud800"}).encode()  # written as an escape
        yield b'{"%b": "\xed\xa0\x80"}' % name.encode()
    yield b'{"\\ud800": 1}'


def _send(http: FlaskClient, method: str, path: str, body: bytes | None = None) -> TestResponse:
    headers = bearer("administer") | {"X-Request-ID": "a\x1bb"}
    return http.open(
        path, method=method, data=body, headers=headers, content_type="application/json"
    )


@pytest.mark.parametrize("path", ["/logs", "/predictions", "/metrics/api", "/monitoring/history"])
def test_a_page_token_of_nobodys_is_refused(
    on_database: tuple[FlaskClient, Callable[[], int]], path: str
) -> None:
    http, _ = on_database
    for token in TOKENS:
        assert_problem(http.get(path, query_string={"page_token": token}), 400)
    assert http.get(path, query_string={"page_token": f"{'9' * 15}_{'9' * 18}"}).status_code == 200


def test_every_control_character_is_refused_and_ends_of_lines_are_not(http: FlaskClient) -> None:
    for character in CONTROLS:
        answer = http.post(
            "/monitoring/trigger-retraining",
            json={"reason": f"a{character}b"},
            headers=bearer("operate"),
        )
        (problem,) = assert_problem(answer, 400)["validation_errors"]
        assert problem["kind"] == "control_character", repr(character)
    answer = http.post(
        "/monitoring/trigger-retraining",
        json={"reason": "two\r\n\tlines"},
        headers=bearer("operate"),
    )
    assert answer.status_code in {200, 202}


def test_an_unusual_request_id_is_replaced(app: Flask) -> None:
    for sent in ("a\0b", "a\x7fb", "\N{EURO SIGN}", "\udc80", "x" * 200):
        environ: dict[str, Any] = {"HTTP_X_REQUEST_ID": sent}
        answer = app.test_client().post("/predict", json=EXAMPLE, environ_overrides=environ)
        assert answer.status_code == 200
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
