"""What holds for every endpoint: a time stamp, a request id, success told, errors in the one shape."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.contract.base import ErrorResponse
from tests.system import bearer

READABLE = (
    "/",
    "/health",
    "/health/live",
    "/health/ready",
    "/info",
    "/schema",
    "/table",
    "/logs",
    "/logs/counts",
    "/metrics/api",
    "/metrics/api/counts",
    "/metrics/api/summary",
    "/metrics/api/slowest",
    "/metrics/models",
    "/database/stats",
    "/predictions",
    "/predictions/counts",
    "/predictions/metadata",
    "/monitoring/config",
    "/monitoring/status",
    "/monitoring/history",
    "/monitoring/performance",
    "/monitoring/performance/segment?where=MedInc:2..",
    "/monitoring/shadow",
    "/models",
    "/dependence",
    "/interaction?first=MedInc&second=AveOccup",
    "/retraining",
    "/retraining/learnable",
    "/monitoring/drift",
    "/monitoring/refused",
    "/alerts",
    "/alerts/rules",
)
FILES = ("/logs/export", "/metrics/api/export", "/predictions/export")
WITH_KEY = ("/audit", "/keys")
DOCUMENTATION = ("/openapi.json", "/docs", "/docs/<asset>")
OF_OTHER_PROTOCOLS = {"/ping", "/version", "/v2", "/v2/health/live", "/v2/health/ready"} | {
    f"/v2/models/<model_name>{version}{rest}"
    for version in ("", "/versions/<version>")
    for rest in ("", "/ready")
}
"""These answer what their protocol says, and nothing else."""
WITHOUT_SUCCESS = ("/health", "/health/live", "/health/ready")
"""These answer ``status`` in place of ``success``."""


@pytest.mark.parametrize("path", [*READABLE, *WITH_KEY])
def test_every_answer_is_stamped(
    http: FlaskClient,
    store_records: Callable[[], None],
    path: str,
) -> None:
    store_records()
    answer = http.get(path, headers=bearer("administer") if path in WITH_KEY else {})
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Request-ID"]
    assert answer.json is not None
    assert answer.json["timestamp"].endswith("Z")
    if path not in WITHOUT_SUCCESS:
        assert answer.json["success"] is True


def test_every_rule_answers_a_wrong_method_in_the_one_shape(http: FlaskClient) -> None:
    for rule in http.application.url_map.iter_rules():
        path = re.sub(
            r"<(prediction_id|request_id|trigger_id|version|alert_id|key_id|model_name)>",
            "none",
            rule.rule,
        )
        answer = http.open(path, method="PATCH")
        assert answer.status_code == 405, path
        assert ErrorResponse.model_validate(answer.json).status == 405


def test_every_endpoint_of_the_list_above_is_routed(http: FlaskClient) -> None:
    rules = {
        rule.rule for rule in http.application.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    with_id = {
        "/predictions/<prediction_id>",
        "/requests/<request_id>",
        "/retraining/<trigger_id>",
        "/models/<version>",
        "/models/<version>/comparison",
    }
    readable = {path.partition("?")[0] for path in READABLE}
    assert rules == {
        *readable,
        *FILES,
        *WITH_KEY,
        *with_id,
        *DOCUMENTATION,
        *OF_OTHER_PROTOCOLS,
        "/metrics",
    }
