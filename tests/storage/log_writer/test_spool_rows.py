"""The short way of a line into the database says the same as the long one, or leaves the line to it."""

import json
import zlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.domain.inputs import EXAMPLE
from storage.log_writer.spool_rows import columns_of, read_rows
from storage.requests.stored import StoredRequest
from storage.schema.records import SpoolRecord
from storage.schema.traffic import Stages
from storage.spool.segments import encode
from tests.storage import records

finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
moments = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
saying = st.builds(
    lambda record, reference, metadata: record.model_copy(
        update={"reference": reference, "metadata": metadata}
    ),
    st.builds(records.prediction, text, finite) | st.builds(records.answer, text, finite),
    st.none() | text,
    st.none() | st.dictionaries(text, text),
)
kinds = st.one_of(
    saying,
    st.builds(records.prediction, text, finite),
    st.builds(records.request, text, st.integers(100, 599)),
    st.builds(records.answer, text, finite),
    st.builds(records.log, text, text, text),
)


@given(kinds, moments)
def test_a_row_is_what_the_record_says(record: SpoolRecord, moment: datetime) -> None:
    record = record.model_copy(update={"timestamp": moment})
    batches, others = read_rows([encode(record)[:-1]], "sqlite")
    if not batches:
        assert moment.microsecond == 0, "only a whole second is written differently"
        assert len(others) == 1
        return
    (batch,) = batches
    for rows, part in zip(batch.tables, record.parts(), strict=True):
        row = dict(zip(rows.columns, rows.rows[0], strict=True))
        stored = datetime.fromisoformat(row.pop("timestamp")).replace(tzinfo=UTC)
        expected = part.row()
        if row.get("metadata") is not None:
            row["metadata"] = json.loads(row["metadata"])
        assert stored == expected.pop("timestamp")
        assert row == expected
        assert rows.table == part.table


def test_a_row_of_a_request_is_what_is_counted() -> None:
    stages = tuple(Stages.model_fields)
    assert columns_of("api_metrics") + stages == StoredRequest._fields


@given(st.binary(max_size=200))
def test_junk_is_left_to_the_long_way(junk: bytes) -> None:
    assert read_rows([junk], "sqlite") == ([], [junk])


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "elephant"},
        {"kind": None},
        {"more": 1},
        {"timestamp": "yesterday"},
        {"timestamp": 5},
        {"inputs": [1, 2]},
        {"inputs": {"MedInc": 1}},
        {"inputs": EXAMPLE | {"prediction": 1}},
        {"inputs": {f"{name}s": 1 for name in EXAMPLE}},
        {"status_code": "200"},
    ],
)
@pytest.mark.parametrize("record", [records.prediction(), records.answer()])
def test_what_is_not_as_expected_is_left_to_the_long_way(
    change: dict[str, Any], record: SpoolRecord
) -> None:
    document = json.loads(encode(record)[9:]) | change
    assert read_rows([_line(document)], "sqlite")[0] == []
    missing = {name: value for name, value in document.items() if name != "prediction"}
    assert read_rows([_line(missing)], "sqlite")[0] == []


@pytest.mark.parametrize("document", [[], 1, None, "text"])
def test_other_json_is_left_to_the_long_way(document: Any) -> None:
    assert read_rows([_line(document)], "sqlite")[0] == []


def test_a_time_elsewhere_is_left_to_the_long_way() -> None:
    there = datetime(2026, 7, 1, 12, 30, 0, 123456, timezone(timedelta(hours=-7)))
    line = encode(records.log().model_copy(update={"timestamp": there}))[:-1]
    assert read_rows([line], "sqlite") == ([], [line])


def test_a_wrong_checksum_is_left_to_the_long_way() -> None:
    line = encode(records.log())[:-1].replace(b"works", b"walks")
    assert read_rows([line], "sqlite") == ([], [line])


def _line(document: Any) -> bytes:
    payload = json.dumps(document).encode()
    return b"%08x %b" % (zlib.crc32(payload), payload)
