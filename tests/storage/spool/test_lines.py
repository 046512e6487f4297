"""A line put together by hand is the line of the record."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from storage.domain.inputs import EXAMPLE, FEATURES, HousingFeatures
from storage.schema.caller import Caller
from storage.schema.records import PredictionRecord, RequestRecord, new_id
from storage.schema.source import SOURCES, Source
from storage.spool.lines import (
    Answered,
    Model,
    Predicted,
    answer_line,
    prediction_line,
    request_line,
)
from storage.spool.segments import decode

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # Hypothesis takes naive bounds
MODEL = Model("Forest", "20260101T000000Z-abc")
INPUTS = st.tuples(*(st.floats(each.minimum, each.maximum) for each in FEATURES))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CALLERS = st.builds(
    Caller, st.none() | TEXTS, st.none() | st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=3)
)


@given(INPUTS, st.tuples(NUMBERS, NUMBERS, NUMBERS), MOMENTS, CALLERS)
def test_a_prediction_is_read_back_to_the_last_bit(
    inputs: tuple[float, ...],
    answer: tuple[float, float, float],
    now: datetime,
    caller: Caller,
) -> None:
    predicted = Predicted(new_id(), inputs, *answer, caller)
    line = prediction_line(predicted, now, "request-1", MODEL)
    assert decode(line.removesuffix(b"\n")) == _prediction(predicted, now)


@given(INPUTS, st.tuples(NUMBERS, NUMBERS, NUMBERS), NUMBERS, MOMENTS, CALLERS)
def test_an_answer_is_a_prediction_and_its_request(
    inputs: tuple[float, ...],
    answer: tuple[float, float, float],
    seconds: float,
    now: datetime,
    caller: Caller,
) -> None:
    predicted = Predicted(new_id(), inputs, *answer, caller)
    version = MODEL.model_version
    source = caller.source
    answered = Answered("/predict", "POST", 200, seconds, None, "request-1", version, source)
    record = decode(answer_line(predicted, answered, now, MODEL).removesuffix(b"\n"))
    assert record.parts() == (
        _prediction(predicted, now),
        RequestRecord(**answered._asdict(), success=True, timestamp=now),
    )


def _prediction(predicted: Predicted, now: datetime) -> PredictionRecord:
    return PredictionRecord(
        timestamp=now,
        prediction_id=predicted.prediction_id,
        request_id="request-1",
        inputs=HousingFeatures(**dict(zip(EXAMPLE, predicted.inputs, strict=True))),
        prediction=predicted.value,
        interval_lower=predicted.lower,
        interval_upper=predicted.upper,
        model_type=MODEL.model_type,
        model_version=MODEL.model_version,
        reference=predicted.caller.reference,
        metadata=predicted.caller.metadata,
        source=predicted.caller.source,
    )


def test_a_line_of_a_silent_caller_is_as_it_ever_was() -> None:
    inputs = tuple(each.minimum for each in FEATURES)
    predicted = Predicted(new_id(), inputs, 1.0, 0.5, 1.5)
    line = prediction_line(predicted, datetime.now(UTC), "request-1", MODEL)
    assert b"reference" not in line
    assert b"metadata" not in line
    answered = Answered("/predict", "POST", 200, 0.001, None, "request-1", MODEL.model_version)
    for each in (line, request_line(answered, datetime.now(UTC))):
        assert b"source" not in each


@given(
    endpoint=st.text(max_size=50),
    status=st.integers(100, 599),
    seconds=NUMBERS,
    message=st.none() | st.text(max_size=50),
    version=st.none() | st.just("v1"),
    source=st.sampled_from(SOURCES),
    now=MOMENTS,
)
def test_a_request_is_read_back_whatever_its_message_holds(
    endpoint: str,
    status: int,
    seconds: float,
    message: str | None,
    version: str | None,
    source: Source,
    now: datetime,
) -> None:
    answered = Answered(endpoint, "POST", status, seconds, message, "request-1", version, source)
    line = request_line(answered, now)
    assert line.count(b"\n") == 1
    assert decode(line.removesuffix(b"\n")) == RequestRecord(
        **answered._asdict(), success=status < 400, timestamp=now
    )


def test_half_a_character_in_a_message_costs_the_character_only() -> None:
    answered = Answered("/predict", "POST", 400, 0.1, "what is \ud800?", "request-1", None)
    record = decode(request_line(answered, datetime.now(UTC)).removesuffix(b"\n"))
    assert isinstance(record, RequestRecord)
    assert record.error_message == "what is ??"
