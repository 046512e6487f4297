"""Counts over HTTP: each kind, what is echoed, and what is refused."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from storage.domain.inputs import EXAMPLE


@pytest.mark.parametrize(
    ("path", "filters", "facet"),
    [
        ("/logs/counts", {"process": "none"}, "process"),
        ("/metrics/api/counts", {"endpoint": "/predict", "model_version": "none"}, "status"),
        ("/predictions/counts", {"sources": "probe"}, "model_version"),
    ],
)
def test_rows_are_counted_and_filters_echoed(
    http: FlaskClient,
    store_records: Callable[[], None],
    path: str,
    filters: dict[str, str],
    facet: str,
) -> None:
    http.post("/predict", json=EXAMPLE)
    store_records()
    everything = http.get(path).json
    assert everything is not None
    counted = sum(rows for step in everything["steps"] for rows in step["counts"].values())
    assert counted == everything["rows"]
    assert facet in everything["facets"]
    answer = http.get(path, query_string=filters).json
    assert answer is not None
    assert answer["rows"] == 0
    assert answer["filters"] == {"zone": "UTC"} | filters


def test_a_prediction_and_its_request_are_counted(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    http.post("/predict", json=EXAMPLE)
    store_records()
    requests = http.get("/metrics/api/counts?endpoint=/predict&since=2026-01-01T00:00:00Z").json
    predictions = http.get("/predictions/counts?zone=Europe/Berlin").json
    assert requests is not None
    assert predictions is not None
    assert (requests["rows"], predictions["rows"]) == (1, 1)
    assert requests["facets"]["sources"]["values"] == [{"value": "client", "rows": 1}]


@pytest.mark.parametrize("query", ["zone=Mars", "since=soon", "limit=3", "level=LOUD"])
def test_a_wrong_query_is_refused(http: FlaskClient, query: str) -> None:
    assert http.get(f"/logs/counts?{query}").status_code == 400
