"""The past that rules are judged on: customers' requests in whole steps of ten minutes."""

from datetime import timedelta

from storage.database.connection import Database
from storage.requests.history import STEP_SECONDS, read_request_history
from tests.storage.requests.test_rollup import NOON, _request, _store

PREDICTING, SINGLE = ("/predict", "/predict_batch"), ("/predict",)


def test_requests_are_in_their_step_and_gaps_are_steps_too(writable: Database) -> None:
    minutes = timedelta(minutes=1)
    requests = [
        *[_request(55 * minutes) for _ in range(3)],
        _request(55 * minutes, status=503),
        _request(55 * minutes, status=400),
        _request(54 * minutes, endpoint="/predict_batch"),
        _request(54 * minutes, endpoint="/health"),
        _request(25 * minutes, milliseconds=900.0),
        _request(2 * minutes),
    ]
    _store(writable, requests)
    found = read_request_history(
        writable, NOON - timedelta(days=30), NOON - 4 * minutes, PREDICTING, SINGLE
    )
    assert found.requests.tolist() == [6, 0, 0, 1, 0]
    assert found.failed.tolist() == [1, 0, 0, 0, 0]
    assert found.latencies.sum(axis=1).tolist() == [5, 0, 0, 1, 0]
    assert found.end_of(0) == NOON - 50 * minutes
    assert found.end_of(len(found) - 1) == NOON - 10 * minutes


def test_without_traffic_there_is_no_step(writable: Database) -> None:
    found = read_request_history(writable, NOON - timedelta(days=30), NOON, PREDICTING, SINGLE)
    assert len(found) == 0
    assert found.latencies.shape[0] == 0
    assert STEP_SECONDS == 600
