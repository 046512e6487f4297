"""Reads the inputs of a request to predict, and keeps what it was refused for."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from statistics import median
from typing import Any, TypeVar

from flask import g
from pydantic import BaseModel

from backend.contract.base import ValidationProblem
from backend.contract.predictions import BatchPredictionRequest, PredictionRequest
from backend.services import Services
from backend.web.answers import InvalidRequest
from backend.web.validation import counted_problems, read_body, read_values
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import SpoolUnavailable
from storage.schema.records import RefusedInputRecord
from storage.schema.source import CLIENT, Source
from storage.schema.unreadable import LARGEST

Model = TypeVar("Model", bound=BaseModel)

MOST_KEPT = 20
"""Inputs and problems that are kept of one refused request: an empty one to a wide table has hundreds."""


def read_inputs(model: type[Model], services: Services) -> Model:
    """Validate the current request's body as ``read_body`` does, with its errors; keep refusals."""
    with keeping_refusals(services):
        return read_body(model, services.settings.backend.request_limit_bytes, services.metrics)


def read_rows(rows: Sequence[Mapping[str, Any]], services: Services) -> Sequence[PredictionRequest]:
    """Validate rows that came in another form than those of /predict_batch, as it does; keep refusals."""
    with keeping_refusals(services), counted_problems(services.metrics):
        return read_values(BatchPredictionRequest, {"instances": rows}).instances


@contextlib.contextmanager
def keeping_refusals(services: Services) -> Iterator[None]:
    """Keep what the current request is refused for inside."""
    try:
        yield
    except InvalidRequest as error:
        records = list(islice(refused_inputs(error.problems, g.request_id, g.source), MOST_KEPT))
        # The spool itself counts and logs a record that it cannot take; the refusal is answered all the same.
        with contextlib.suppress(SpoolUnavailable):
            services.spool.append(records, waits=False)
        raise


def refused_inputs(
    problems: Sequence[ValidationProblem], request_id: str, source: Source = CLIENT
) -> Iterator[RefusedInputRecord]:
    """Sum the problems up, one record for each input and kind; other fields are left out."""
    found: dict[tuple[str, str], list[ValidationProblem]] = defaultdict(list)
    for problem in problems:
        name = problem.field.rpartition(".")[2]
        if name in FEATURE_NAMES:
            found[name, problem.kind].append(problem)
    for (name, kind), group in found.items():
        values = [each.input for each in group if _is_number(each.input)]
        yield RefusedInputRecord(
            request_id=request_id,
            field=name,
            problem=kind,
            problems=len(group),
            value=float(median(values)) if values else None,
            source=source,
        )


def _is_number(value: object) -> bool:
    # A larger one would later pass for damage of the database, and True is none.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
