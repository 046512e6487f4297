"""Bodies that are compressed or begin with a byte order mark, and paths that end with a slash too many."""

import gzip
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from storage.domain.inputs import EXAMPLE
from tests.backend.web.test_errors import assert_problem
from tests.system import bearer

BODY = json.dumps(EXAMPLE).encode()
ZIPPED = gzip.compress(BODY, mtime=0)
"""Without a time: test processes that collect in different seconds must agree on the names."""
WAYS = pytest.mark.parametrize("path", ["/predict", "/predict?explain=false"])


def _sent(http: FlaskClient, path: str, body: bytes, encoding: str | None = None) -> TestResponse:
    headers = {"Content-Encoding": encoding} if encoding is not None else {}
    return http.post(path, data=body, content_type="application/json", headers=headers)


@WAYS
@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"\xef\xbb\xbf" + BODY, None),
        (ZIPPED, "gzip"),
        (gzip.compress(b"\xef\xbb\xbf" + BODY, mtime=0), " GZIP"),
        (BODY, "identity"),
    ],
)
def test_it_is_read_as_it_is_meant(
    http: FlaskClient, path: str, body: bytes, encoding: str | None
) -> None:
    assert _sent(http, path, body, encoding).status_code == 200


@WAYS
def test_another_compression_is_refused_with_what_is_read(http: FlaskClient, path: str) -> None:
    answer = _sent(http, path, BODY, "br")
    assert "gzip" in assert_problem(answer, 415)["error"]
    assert answer.headers["Accept-Encoding"] == "gzip"


@WAYS
@pytest.mark.parametrize("body", [BODY, ZIPPED[:-9], ZIPPED * 2, b"\xef\xbb\xbf"])
def test_what_is_no_whole_file_is_refused(http: FlaskClient, path: str, body: bytes) -> None:
    assert_problem(_sent(http, path, body, "gzip"), 400)


def test_no_more_is_unpacked_than_may_be_sent(http: FlaskClient) -> None:
    bomb = gzip.compress(bytes(200 * 1024 * 1024), 1)
    assert len(bomb) < 1_000_000
    assert "8,388,608 bytes" in assert_problem(_sent(http, "/predict", bomb, "gzip"), 413)["error"]


def test_a_slash_too_many_leads_to_the_path(http: FlaskClient) -> None:
    answer = http.post("/predict/?explain=true", json=EXAMPLE)
    assert (answer.status_code, answer.headers["Location"]) == (308, "/predict?explain=true")
    followed = http.post("/predict/?explain=true", json=EXAMPLE, follow_redirects=True)
    assert followed.status_code == 200
    assert followed.json is not None
    assert followed.json["contributions"]


@pytest.mark.parametrize("path", ["/", "/nothing/", "//example.org/", "/predict/%0d%0ax:/"])
def test_no_other_path_leads_anywhere(http: FlaskClient, path: str) -> None:
    assert http.get(path).status_code in (
        200,
        404,
        421,
    )  # the test client takes the third for a Host


def test_a_redirect_needs_the_key_where_it_leads(app: Flask, http: FlaskClient) -> None:
    assert http.get("/audit/").status_code == 308
    assert http.get("/audit/", follow_redirects=True).status_code == 401
    assert http.get("/audit/", follow_redirects=True, headers=bearer("operate")).status_code == 200
