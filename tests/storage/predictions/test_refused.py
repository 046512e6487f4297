"""What requests were refused for: kept, read newest first, deleted in time, on both databases."""

from datetime import timedelta

from storage.database.connection import Database
from storage.log_writer.retention import Retention, RetentionPolicy
from storage.log_writer.writer import LogWriter
from storage.predictions.refused import read_refused_inputs
from storage.schema.records import utc_now
from storage.schema.tables import refused_inputs
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records


def test_refusals_are_kept_read_and_deleted_in_time(
    settings: Settings, spool: Spool, writable: Database
) -> None:
    now = utc_now()
    spool.append([records.refused("one"), records.refused("two", value=None)])
    LogWriter(settings.paths, writable, settings.log_writer.batch_bytes).drain(now)
    hour = timedelta(hours=1)
    found = read_refused_inputs(writable, now - hour, now + hour)
    assert (found.requests, found.truncated) == (2, False)
    assert {(each.request_id, each.value) for each in found.found} == {
        ("one", 83_252.0),
        ("two", None),
    }
    newest = read_refused_inputs(writable, now - hour, now + hour, most=1)
    assert (len(newest.found), newest.truncated) == (1, True)
    assert not read_refused_inputs(writable, now - 2 * hour, now - hour).found
    pruning = Retention(writable, RetentionPolicy({refused_inputs: hour}))
    assert pruning.step(now, 10).rows["refused_inputs"] == 0
    assert pruning.step(now + 2 * hour, 10).rows["refused_inputs"] == 2


def test_the_settings_keep_refusals_as_long_as_predictions(settings: Settings) -> None:
    kept = RetentionPolicy.of(settings).ages[refused_inputs]
    assert kept == timedelta(days=settings.retention.prediction_days)
