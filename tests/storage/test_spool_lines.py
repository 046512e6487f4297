"""A line put together by hand is the line of the record."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from storage.schema.features import EXAMPLE, FEATURES, HousingFeatures
from storage.schema.records import PredictionRecord, RequestRecord, new_id
from storage.spool import decode
from storage.spool_lines import Answered, Predicted, prediction_line, request_line

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # Hypothesis takes naive bounds
INPUTS = st.tuples(*(st.floats(each.minimum, each.maximum) for each in FEATURES))


@given(INPUTS, st.tuples(NUMBERS, NUMBERS, NUMBERS), MOMENTS)
def test_a_prediction_is_read_back_to_the_last_bit(
    inputs: tuple[float, ...], answer: tuple[float, float, float], now: datetime
) -> None:
    predicted = Predicted(new_id(), inputs, *answer)
    line = prediction_line(predicted, now, "request-1", "Forest", "20260101T000000Z-abc")
    record = decode(line.removesuffix(b"\n"))
    assert record == PredictionRecord(
        timestamp=now,
        prediction_id=predicted.prediction_id,
        request_id="request-1",
        inputs=HousingFeatures(**dict(zip(EXAMPLE, inputs, strict=True))),
        prediction=answer[0],
        interval_lower=answer[1],
        interval_upper=answer[2],
        model_type="Forest",
        model_version="20260101T000000Z-abc",
    )


@given(
    endpoint=st.text(max_size=50),
    status=st.integers(100, 599),
    seconds=NUMBERS,
    message=st.none() | st.text(max_size=50),
    version=st.none() | st.just("v1"),
    now=MOMENTS,
)
def test_a_request_is_read_back_whatever_its_message_holds(
    endpoint: str,
    status: int,
    seconds: float,
    message: str | None,
    version: str | None,
    now: datetime,
) -> None:
    answered = Answered(endpoint, "POST", status, seconds, message, "request-1", version)
    line = request_line(answered, now)
    assert line.count(b"\n") == 1
    assert decode(line.removesuffix(b"\n")) == RequestRecord(
        **answered._asdict(), success=status < 400, timestamp=now
    )
