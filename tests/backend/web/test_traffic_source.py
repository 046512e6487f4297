"""X-Traffic-Source: who may say whose traffic a request is, and what follows from it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.contract.base import SOURCE_HEADER
from storage.domain.inputs import EXAMPLE
from storage.schema.source import SOURCES
from tests.conftest import KEYS
from tests.system import bearer

PLAIN, BY_THE_ROUTE = "/predict", "/predict?explain=false"
Store = Callable[[], None]


def _said(source: str, key: str = "operator_key") -> dict[str, str]:
    return bearer(KEYS[key]) | {SOURCE_HEADER: source}


@pytest.mark.parametrize("path", [PLAIN, BY_THE_ROUTE])
@pytest.mark.parametrize("source", SOURCES)
def test_a_prediction_and_its_request_keep_their_source(
    http: FlaskClient, store_records: Store, path: str, source: str
) -> None:
    assert http.post(path, json=EXAMPLE, headers=_said(source, "viewer_key")).status_code == 200
    store_records()
    assert _sources(http, "/predictions", "predictions") == [source]
    assert _sources(http, "/metrics/api?endpoint=/predict", "metrics") == [source]


def test_a_batch_and_a_refusal_keep_theirs_too(http: FlaskClient, store_records: Store) -> None:
    rows = {"instances": [EXAMPLE, EXAMPLE]}
    assert http.post("/predict_batch", json=rows, headers=_said("batch")).status_code == 200
    wrong = EXAMPLE | {"MedInc": 83_252.0}
    assert http.post("/predict", json=wrong, headers=_said("console")).status_code == 400
    store_records()
    assert _sources(http, "/predictions", "predictions") == ["batch", "batch"]
    for sources, requests in (("client,batch", 0), ("console", 1)):
        refused = http.get(f"/monitoring/refused?sources={sources}").json
        assert refused is not None
        assert refused["requests"] == requests


@pytest.mark.parametrize("path", [PLAIN, BY_THE_ROUTE])
def test_who_says_nothing_is_a_client(http: FlaskClient, store_records: Store, path: str) -> None:
    for headers in ({}, bearer(KEYS["admin_key"])):
        assert http.post(path, json=EXAMPLE, headers=headers).status_code == 200
    store_records()
    assert _sources(http, "/predictions", "predictions") == ["client", "client"]


@pytest.mark.parametrize("path", [PLAIN, BY_THE_ROUTE, "/predict_batch"])
def test_without_a_key_nobody_escapes_monitoring(
    http: FlaskClient, store_records: Store, path: str
) -> None:
    answer = http.post(path, json=EXAMPLE, headers={SOURCE_HEADER: "probe"})
    assert answer.status_code == 401
    assert f"leave {SOURCE_HEADER} out" in _error(answer.json)
    store_records()
    assert _sources(http, "/predictions", "predictions") == []


@pytest.mark.parametrize("said", ["", "Probe", "customers", "client,batch"])
def test_an_unknown_source_is_refused_with_those_there_are(http: FlaskClient, said: str) -> None:
    answer = http.post(PLAIN, json=EXAMPLE, headers=_said(said))
    assert answer.status_code == 400
    assert "is one of client, console, batch, probe, simulation, shadow" in _error(answer.json)


def test_health_is_answered_whatever_a_probe_says(http: FlaskClient, store_records: Store) -> None:
    outdated = bearer("outdated") | {SOURCE_HEADER: "probe"}
    for headers in (outdated, {SOURCE_HEADER: "probe"}, _said("probe")):
        assert http.get("/health", headers=headers).status_code == 200
    store_records()
    assert _sources(http, "/metrics/api?endpoint=/health", "metrics") == [
        "probe",
        "client",
        "client",
    ]


def test_lists_and_figures_are_filtered(http: FlaskClient, store_records: Store) -> None:
    for source in ("client", "probe", "probe", "console"):
        http.post(PLAIN, json=EXAMPLE, headers=_said(source))
    store_records()
    asked = "sources=client,console"
    assert _sources(http, f"/predictions?{asked}", "predictions") == ["console", "client"]
    assert _sources(http, f"/metrics/api?endpoint=/predict&{asked}", "metrics") == [
        "console",
        "client",
    ]
    slowest = _sources(http, f"/metrics/api/slowest?endpoint=/predict&{asked}", "requests")
    assert sorted(slowest) == ["client", "console"]
    summary = http.get(f"/metrics/api/summary?endpoint=/predict&{asked}").json
    assert summary is not None
    assert summary["totals"]["requests"] == 2
    assert summary["requests_by_source"] == {"client": 1, "console": 1, "probe": 2}
    assert summary["filters"]["sources"] == "client,console"


def test_probes_of_one_row_raise_no_alarm_and_are_counted(
    http: FlaskClient, store_records: Store
) -> None:
    for _ in range(100):
        http.post(PLAIN, json=EXAMPLE, headers=_said("probe"))
    store_records()
    drift = http.get("/monitoring/drift?window=1h").json
    assert drift is not None
    assert drift["drift_analysis"]["status"] == "not_enough_data"
    assert (drift["drift_analysis"]["n_samples"], drift["left_out"]) == (0, {"probe": 100})
    performance = http.get("/monitoring/performance?window=1h").json
    assert performance is not None
    assert (performance["rows_read"], performance["left_out"]) == (0, {"probe": 100})
    asked = http.get("/monitoring/drift?window=1h&sources=probe").json
    assert asked is not None
    assert asked["drift_analysis"]["n_samples"] > 0
    assert asked["usual_traffic"]["drifted"] is None
    assert asked["left_out"] == {}


@pytest.mark.parametrize(
    "path",
    [
        "/predictions",
        "/metrics/api",
        "/metrics/api/summary",
        "/metrics/api/slowest",
        "/monitoring/drift",
        "/monitoring/performance",
        "/monitoring/refused",
    ],
)
def test_a_wrong_question_names_what_there_is(http: FlaskClient, path: str) -> None:
    for words in ("everyone", "client,", ""):
        answer = http.get(f"{path}?sources={words}")
        assert answer.status_code == 400
        assert "client, console, batch, probe" in str(answer.json)


def _sources(http: FlaskClient, path: str, name: str) -> list[str]:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.json is not None
    return [row["source"] for row in answer.json[name]]


def _error(body: object) -> str:
    assert isinstance(body, dict)
    return str(body["error"])
