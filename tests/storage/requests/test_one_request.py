"""One request by its id, whoever made the id, on both databases."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage.database.connection import Database
from storage.errors import RecordNotFound
from storage.log_writer.row_store import store_lines
from storage.requests.one_request import MOST_REQUESTS, read_request
from storage.schema.records import EventRecord, SpoolRecord, new_id, utc_now
from storage.schema.request_ids import BY_INDEX, LATEST, moment_of
from storage.schema.tables import api_metrics, labels
from storage.spool.segments import encode
from tests.migrated import migrated
from tests.storage import records

CHOSEN = ("order-17", "0b3f0c1de5a24e6f9a57c2c1b2a3d4e5", "01a2", "z" * 128, "ä/%' OR 1=1")
"""Ids that no clock made."""


def store(database: Database, made: Sequence[SpoolRecord]) -> None:
    with database.transaction() as connection:
        assert store_lines(connection, [encode(each)[:-1] for each in made], utc_now()) == []


def test_of_one_of_our_own_ids_everything_is_found(writable: Database, readable: Database) -> None:
    own, other = new_id(), new_id()
    answered = [records.answer(each) for each in (own, other)]
    lines = [
        records.log(f"of {each}").model_copy(update={"request_id": each}) for each in (own, other)
    ]
    store(writable, [*answered, *lines, *_events()])
    _label(writable, answered[0].prediction_id, 3.25)
    found = read_request(readable, own)
    assert [row["request_id"] for row in found.requests] == [own]
    assert [(row["request_id"], row["actual"]) for row in found.predictions] == [(own, 3.25)]
    assert [row["message"] for row in found.logs] == [f"of {own}"]
    assert [row["summary"] for row in found.events] == ["A minute ago."]


@pytest.mark.parametrize("chosen", CHOSEN)
def test_so_it_is_of_an_id_that_a_client_chose(
    writable: Database, readable: Database, chosen: str
) -> None:
    store(writable, [records.answer(chosen), records.answer("another")])
    found = read_request(readable, chosen)
    assert [row["request_id"] for row in found.requests] == [chosen]
    assert [row["request_id"] for row in found.predictions] == [chosen]
    assert found.predictions[0]["actual"] is None


def test_of_an_id_that_is_sent_again_and_again_the_newest_are_read(
    writable: Database, readable: Database
) -> None:
    now = utc_now()
    times = [now - timedelta(hours=number) for number in range(MOST_REQUESTS + 5)]
    store(writable, [records.answer("same").model_copy(update={"timestamp": at}) for at in times])
    found = read_request(readable, "same")
    assert [row["timestamp"] for row in found.requests] == times[:MOST_REQUESTS]
    assert [row["timestamp"] for row in found.predictions] == times[:MOST_REQUESTS]


def test_a_batch_has_all_its_predictions(writable: Database, readable: Database) -> None:
    own = new_id()
    asked = records.request("/predict_batch").model_copy(update={"request_id": own})
    store(writable, [*(records.prediction(own, float(value)) for value in range(7)), asked])
    found = read_request(readable, own)
    assert sorted(row["prediction"] for row in found.predictions) == [*map(float, range(7))]


def test_log_lines_are_found_without_their_request(writable: Database, readable: Database) -> None:
    own = new_id()
    store(writable, [records.log("alone").model_copy(update={"request_id": own}), *_events()])
    found = read_request(readable, own)
    assert ([row["message"] for row in found.logs], found.requests, found.predictions) == (
        ["alone"],
        [],
        [],
    )
    assert len(found.events) == 1


@pytest.mark.parametrize("absent", [*CHOSEN, "01a2" * 8, "", "019" + "x" * 29])
def test_what_is_not_there_is_one_sentence(readable: Database, absent: str) -> None:
    with pytest.raises(RecordNotFound, match="wrong, too old to be kept, or not stored yet"):
        read_request(readable, absent)


@given(st.integers(0x018D << 32, 0x01FF << 32))
def test_an_id_tells_the_millisecond_in_which_it_was_made(milliseconds: int) -> None:
    moment = moment_of(f"{milliseconds:012x}" + "f" * 20)
    if milliseconds < 0x0190 << 32:
        assert moment is None
    else:
        assert moment is not None
        assert round(moment.timestamp() * 1_000) == milliseconds


@given(st.text(max_size=40))
def test_any_text_is_an_id_that_some_client_may_send(text: str) -> None:
    moment_of(text)


def test_each_way_of_finding_uses_its_index(tmp_path: Path) -> None:
    """On SQLite: PostgreSQL plans by its statistics, and reads a table of few rows whole."""
    database = migrated(f"sqlite:///{tmp_path / 'logs.db'}")
    statement = "EXPLAIN QUERY PLAN SELECT * FROM api_metrics WHERE request_id = 'a' AND"
    plans = {
        f"{statement} ({BY_INDEX})": "ix_api_metrics_clients_request_id",
        f"{statement} timestamp BETWEEN '2026-11-30' AND '2026-12-01'": "ix_api_metrics_timestamp",
    }
    with database.transaction() as connection:
        for query, index in plans.items():
            assert index in str(connection.exec_driver_sql(query).all())
    database.close()


def test_the_index_holds_no_id_of_our_own(writable: Database) -> None:
    assert new_id() < LATEST
    store(writable, [records.answer(new_id()), records.answer("order-17")])
    with writable.transaction() as connection:
        indexed = sa.select(api_metrics.c.request_id).where(sa.text(f"({BY_INDEX})"))
        assert connection.execute(indexed).scalars().all() == ["order-17"]


def _events() -> list[SpoolRecord]:
    now = utc_now()
    minutes = {1: "A minute ago.", 5: "Five minutes ago."}
    return [
        EventRecord(
            timestamp=now - timedelta(minutes=ago),
            event_kind="check",
            actor="monitor",
            summary=summary,
        )
        for ago, summary in minutes.items()
    ]


def _label(database: Database, prediction_id: str, actual: float) -> None:
    row = {"prediction_id": prediction_id, "timestamp": utc_now(), "actual": actual}
    with database.transaction() as connection:
        connection.execute(sa.insert(labels).values(row))
