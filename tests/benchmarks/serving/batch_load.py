"""POST /predict_batch from one connection: rows a second, and whether the answers are the model's."""

import json
import time

import numpy as np
import requests

from storage.domain.inputs import HousingFeatures
from storage.schema.arrays import FloatArray

LARGEST_ERROR = 1e-9


class BatchLoad:
    """One client of POST /predict_batch that has its body ready and does not parse the answer."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/predict_batch"
        self._session = requests.Session()
        self._session.trust_env = False

    def rows_per_second(self, inputs: FloatArray, repeats: int) -> float:
        """Return the median rate over requests with these rows.

        Raises
        ------
        RuntimeError
            If an answer was not 200.
        """
        body = _body(inputs)
        seconds = [self._send(body)[0] for _ in range(repeats)]
        return len(inputs) / float(np.median(seconds))

    def check(self, inputs: FloatArray, expected: FloatArray) -> None:
        """Compare the answers to these rows with the model's own, shape (n,).

        Raises
        ------
        RuntimeError
            If one differs by more than 1e-9.
        """
        answered = json.loads(self._send(_body(inputs))[1])["predictions"]
        if len(answered) != len(expected) or np.abs(expected - answered).max() > LARGEST_ERROR:
            raise RuntimeError("/predict_batch does not answer what the pipeline predicts.")

    def _send(self, body: bytes) -> tuple[float, bytes]:
        headers = {"Content-Type": "application/json"}
        started = time.perf_counter()
        answer = self._session.post(self._url, data=body, headers=headers, timeout=60)
        seconds = time.perf_counter() - started
        if answer.status_code != 200:
            raise RuntimeError(f"/predict_batch answered {answer.status_code}: {answer.text[:200]}")
        return seconds, answer.content


def _body(inputs: FloatArray) -> bytes:
    return json.dumps({"instances": request_rows(inputs)}).encode()


def request_rows(inputs: FloatArray) -> list[dict[str, object]]:
    """Return inputs (n, k) as a request has them: categories as words, missing values as null."""
    return [HousingFeatures.of(row).model_dump() for row in inputs.tolist()]
