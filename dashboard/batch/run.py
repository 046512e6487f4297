"""The scoring of one uploaded file, chunk by chunk; results so far are kept, whatever happens next."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import repeat

from backend.client import HousingClient
from backend.contract.definition import rounded
from backend.contract.predictions import (
    FEATURE_NAMES,
    REFERENCE,
    BatchPredictionResponse,
    RowWarning,
    values_of,
)
from dashboard.batch.file import BatchFile
from storage.scored_files.runs import new_run_id
from storage.tables.csv_writer import csv_text
from storage.tables.result_names import SHOWN_NAMES, kept_names, warnings_text

ROWS_A_CHUNK = 500
"""Rows per request: well within the time-out, and few enough to show progress."""
RESULT_NAMES = ("prediction", "lower", "upper", "support")
LAST_NAMES = ("warnings", "prediction_id", "model_version")


@dataclass
class BatchRun:
    """The responses so far, in the order of the file's valid rows.

    Attributes
    ----------
    seconds
        Spent waiting for responses, without the pauses between.
    stopped
        A sentence on why it stopped early; None while nothing is wrong.
    kept
        Rows that were scored when it was last kept in the history.
    """

    file: BatchFile
    answers: list[BatchPredictionResponse] = field(default_factory=list)
    scored: int = 0
    seconds: float = 0.0
    stopped: str | None = None
    run_id: str = field(default_factory=new_run_id)
    started_at: datetime | None = None
    kept: int = 0

    @property
    def total(self) -> int:
        """Rows that can be scored."""
        return len(self.file.rows)

    @property
    def is_done(self) -> bool:
        """Whether every valid row is scored."""
        return self.scored == self.total

    @property
    def rows_per_second(self) -> float:
        """Rows scored per second of waiting."""
        return self.scored / self.seconds if self.seconds else 0.0

    @property
    def result_names(self) -> tuple[str, ...]:
        """The columns of the result."""
        own = () if self.file.references is None else (REFERENCE,)
        names = ("row", *own, *FEATURE_NAMES, *RESULT_NAMES, *SHOWN_NAMES, *LAST_NAMES)
        return (*names, *kept_names(self.file.kept_names, names))

    @property
    def predictions(self) -> list[float]:
        """In the target's unit."""
        return [value for answer in self.answers for value in answer.predictions]

    @property
    def model_versions(self) -> list[str]:
        """The model versions used, in order of first use."""
        return list(dict.fromkeys(answer.model_version for answer in self.answers))

    def score_chunk(self, client: HousingClient) -> None:
        """Score the next rows.

        Raises
        ------
        ClientError
            If the call fails; the chunk can be repeated.
        """
        self.started_at = self.started_at or datetime.now(UTC)
        started = time.perf_counter()
        end = min(self.scored + ROWS_A_CHUNK, self.total)
        instances, references = self.file.instances(self.scored, end), self.file.references
        own = None if references is None else references[self.scored : end]
        self.answers.append(client.predict_batch(instances, references=own))
        self.scored = end
        self.seconds += time.perf_counter() - started

    def result_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield one tuple per scored row, as ``result_names`` names its values."""
        results = (result for answer in self.answers for result in _results(answer))
        inputs = zip(self.file.rows.tolist(), self.file.inputs.tolist(), strict=True)
        own = repeat(()) if self.file.references is None else zip(self.file.references, strict=True)
        rows = zip(inputs, own, results, self.file.kept_rows(), strict=False)
        for (row, values), reference, result, kept in rows:
            yield (row, *reference, *values_of(values), *result, *kept)

    def result_csv(self) -> str:
        """Return the scored rows as CSV; predictions in the target's unit and as the page writes them."""
        return csv_text(self.result_names, self.result_rows())


def _results(answer: BatchPredictionResponse) -> Iterator[tuple[object, ...]]:
    warnings: dict[int, list[RowWarning]] = {}
    for warning in answer.warnings:
        warnings.setdefault(warning.instance, []).append(warning)
    answered = zip(
        answer.predictions, answer.intervals, answer.supports, answer.prediction_ids, strict=True
    )
    for place, (value, interval, support, prediction_id) in enumerate(answered):
        values = (value, interval.lower, interval.upper)
        shown = map(rounded, values) if SHOWN_NAMES else ()
        said = warnings_text(warnings.get(place, ()))
        yield (*values, support, *shown, said, prediction_id, answer.model_version)
