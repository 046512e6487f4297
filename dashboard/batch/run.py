"""The scoring of one uploaded file, chunk by chunk: what was answered stays, whatever comes next."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.client import HousingClient
from backend.contract.predictions import FEATURE_NAMES, BatchPredictionResponse
from dashboard.batch.file import BatchFile
from storage.tables.csv_writer import csv_text

ROWS_A_CHUNK = 500
"""In one request: answered well within the time-out, and often enough to see it move."""
RESULT_NAMES = ("prediction", "lower", "upper", "prediction_id", "model_version")


@dataclass
class BatchRun:
    """The answers so far, in the order of the file's usable rows.

    Attributes
    ----------
    seconds
        Spent waiting for answers; pauses between are not in it.
    stopped
        Why it stands still before its end, in a sentence; None while nothing is wrong.
    """

    file: BatchFile
    answers: list[BatchPredictionResponse] = field(default_factory=list)
    scored: int = 0
    seconds: float = 0.0
    stopped: str | None = None

    @property
    def total(self) -> int:
        """Rows that can be scored."""
        return len(self.file.rows)

    @property
    def is_done(self) -> bool:
        """Whether every usable row has its answer."""
        return self.scored == self.total

    @property
    def rows_per_second(self) -> float:
        """Rows answered for each second of waiting."""
        return self.scored / self.seconds if self.seconds else 0.0

    @property
    def predictions(self) -> list[float]:
        """Prices in units of 100,000 USD."""
        return [price for answer in self.answers for price in answer.predictions]

    @property
    def model_versions(self) -> list[str]:
        """The versions that answered, in the order in which they came."""
        return list(dict.fromkeys(answer.model_version for answer in self.answers))

    def score_chunk(self, client: HousingClient) -> None:
        """Ask for the next rows.

        Raises
        ------
        ClientError
            If the service fails; the chunk can be asked for again.
        """
        started = time.perf_counter()
        end = min(self.scored + ROWS_A_CHUNK, self.total)
        self.answers.append(client.predict_batch(self.file.instances(self.scored, end)))
        self.scored = end
        self.seconds += time.perf_counter() - started

    def result_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield one tuple a scored row: number, inputs, prediction, bounds, id, version."""
        results = (
            (price, interval.lower, interval.upper, prediction_id, answer.model_version)
            for answer in self.answers
            for price, interval, prediction_id in zip(
                answer.predictions, answer.intervals, answer.prediction_ids, strict=True
            )
        )
        inputs = zip(self.file.rows.tolist(), self.file.inputs.tolist(), strict=True)
        for (row, values), result in zip(inputs, results, strict=False):
            yield (row, *values, *result)

    def result_csv(self) -> str:
        """Return the scored rows as CSV; prices in units of 100,000 USD."""
        return csv_text(("row", *FEATURE_NAMES, *RESULT_NAMES), self.result_rows())
