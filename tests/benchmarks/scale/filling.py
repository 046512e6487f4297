"""A database of many rows, as the log-writer would have made it: its own code stores each line."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from storage.database.connection import Database
from storage.log_writer.row_store import store_lines
from storage.predictions.labels import store_labels
from storage.schema.arrays import FloatArray
from storage.schema.records import LogRecord
from storage.schema.source import Source
from storage.spool.lines import Answered, Model, Predicted, answer_line, request_line
from storage.spool.segments import encode

DAYS = 30
CHUNK = 20_000
LABELLED_EVERY = 10
LINE_EVERY = 10
OTHER_EVERY = 500
"""Of the answers: so many-th has an actual value, a log line, a request beside it that was refused."""
SOURCES: tuple[Source, ...] = (*("client",) * 17, "batch", "console", "probe")


class Known(NamedTuple):
    """Rows that were answered once, shape (n, d), (n,) and (n,), and by which model."""

    inputs: FloatArray
    predicted: FloatArray
    half_width: FloatArray
    model: Model


def fill(
    database: Database, known: Known, rows: int, until: datetime, tell: Callable[[int], None]
) -> None:
    """Store so many predictions of the 30 days before ``until``, a tenth of them with an actual value."""
    random = np.random.default_rng(0)
    for first in range(0, rows, CHUNK):
        numbers = range(first, min(rows, first + CHUNK))
        places = random.integers(0, len(known.predicted), len(numbers))
        seconds = np.exp(random.normal(-6.5, 0.6, len(numbers)))
        moments = [until - timedelta(days=DAYS) * (1 - number / rows) for number in numbers]
        chunk = list(zip(numbers, places.tolist(), seconds.tolist(), moments, strict=True))
        lines = [line[:-1] for each in chunk for line in _lines(known, *each)]
        with database.transaction() as connection:
            if store_lines(connection, lines, until):
                raise AssertionError("a line of the benchmark was refused")
            labels = [
                (f"{number:032x}", float(known.predicted[place] + random.normal(0.0, 0.4)))
                for number, place, _, _ in chunk
                if number % LABELLED_EVERY == 0
            ]
            store_labels(connection, {"labels": labels}, moments[-1])
        tell(numbers[-1] + 1)


def _lines(
    known: Known, number: int, place: int, seconds: float, moment: datetime
) -> Iterator[bytes]:
    value, width = float(known.predicted[place]), float(known.half_width[place])
    source = SOURCES[number % len(SOURCES)]
    request_id = f"r{number}"
    answered = Answered(
        "/predict", "POST", 200, seconds, None, request_id, known.model.model_version, source
    )
    predicted = Predicted(
        f"{number:032x}", known.inputs[place], value, value - width, value + width
    )
    yield answer_line(predicted, answered, moment, known.model)
    if number % OTHER_EVERY == 0:
        refused = answered._replace(
            status_code=400, endpoint="/predict_batch", error_message="Missing."
        )
        yield request_line(refused, moment)
    if number % LINE_EVERY == 0:
        level = "WARNING" if number % (1_000 * LINE_EVERY) == 0 else "INFO"
        message = f"Request {request_id} was answered."
        yield encode(
            LogRecord(
                timestamp=moment,
                level=level,
                module="backend.app",
                message=message,
                process="service",
                request_id=request_id,
            )
        )
