"""The hours of a service's traffic: read once, kept in a file, learned again by a new version."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from backend.contract.drift.analysis import DriftWindowResponse
from backend.drift.check import AskedWindow, check_window
from backend.drift.detector import DriftDetector
from backend.drift.row_figures import Watched
from backend.drift.thresholds import DriftThresholds
from backend.drift.usual.check import check_usual
from backend.drift.usual.comparison import FEWEST_PERIODS
from backend.drift.usual.history import (
    HOURS_AT_ONCE,
    TrafficHistory,
    forget_traffic,
    hour_of,
    start_of,
)
from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.tables import predictions
from tests.migrated import migrated

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 20
ROWS = 200
Ask = Callable[..., None]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    database = migrated(f"sqlite:///{tmp_path}/log.db")
    yield database
    database.close()


@pytest.fixture
def ask(database: Database, shuffled_table: np.ndarray) -> Ask:
    """Store answers to rows that the detector never saw, spread over an hour."""
    random = np.random.default_rng(0)
    rest = shuffled_table[16_512:]

    def store(end: datetime, income_factor: float = 1.0, region: float = 90.0) -> None:
        near = rest[rest[:, 6] < region]
        rows = near[random.choice(len(near), ROWS, replace=False)].copy()
        rows[:, 0] *= income_factor
        moments = [end - HOUR * float(share) for share in np.linspace(1, 0.01, ROWS)]
        with database.transaction() as connection:
            connection.execute(
                sa.insert(predictions), [_stored(*each) for each in zip(moments, rows, strict=True)]
            )

    return store


def _stored(moment: datetime, row: np.ndarray) -> dict[str, object]:
    *inputs, price = row.tolist()
    return {
        "timestamp": moment,
        "prediction_id": f"{moment.isoformat()}",
        "request_id": "test",
        "prediction": price,
        "model_type": "Test",
        "model_version": "v1",
        **dict(zip(FEATURE_NAMES, inputs, strict=True)),
    }


def history(
    detector: DriftDetector, database: Database, folder: Path, version: str = "v1"
) -> TrafficHistory:
    return TrafficHistory(detector, version, database, folder)


def learn_all(found: TrafficHistory) -> int:
    """Learn until nothing is missing; return in how many checks."""
    checks = 0
    while found.learn(NOW):
        checks += 1
    return checks


def checked(
    detector: DriftDetector, database: Database, folder: Path, until: datetime = NOW
) -> DriftWindowResponse:
    asked = AskedWindow(until, HOUR, DriftThresholds(), 10_000)
    return check_window(detector, "v1", database, folder, asked)


def test_each_hour_is_read_once_and_survives_a_restart(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask
) -> None:
    ask(NOW - timedelta(days=3))
    ask(NOW)
    first = history(detector, database, tmp_path)
    assert first.learn(NOW) == HOURS_AT_ONCE
    assert learn_all(first) == 1
    again = history(detector, database, tmp_path)
    assert again.learn(NOW) == 0
    hour = hour_of(NOW - timedelta(days=3) - timedelta(minutes=40))
    kept, read = again.kept([hour]), again.between(start_of(hour), start_of(hour + 1))
    assert kept.rows == read.rows > 50
    np.testing.assert_allclose(kept.sums, read.sums)


def test_an_hour_that_goes_on_is_not_kept(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask
) -> None:
    for before in range(2):
        ask(NOW - before * HOUR)
    found = history(detector, database, tmp_path)
    learn_all(found)
    hours = range(hour_of(NOW) - 2, hour_of(NOW) + 1)
    # The middle one has ended, but the log-writer may be behind.
    assert [found.knows(hour) for hour in hours] == [True, False, False]


def test_while_the_log_writer_is_down_no_hour_is_taken_for_a_quiet_one(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask
) -> None:
    ask(NOW - 6 * HOUR)
    found = history(detector, database, tmp_path)
    learn_all(found)
    late = hour_of(NOW - 3 * HOUR) - 1
    assert not found.knows(late)
    for before in (3, 0):
        ask(NOW - before * HOUR)
    learn_all(found)
    assert found.kept([late]).rows > 50


def test_a_new_version_learns_anew_without_the_predictions_of_another(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask
) -> None:
    ask(NOW - HOUR)
    ask(NOW)
    hour = hour_of(NOW - HOUR) - 1
    for version, known in (("v1", True), ("v2", False)):
        found = history(detector, database, tmp_path, version)
        learn_all(found)
        place = [*found.watched].index(Watched("prediction", "level"))
        kept = found.kept([hour])
        assert (kept.counts[0] > 50, kept.counts[place] > 50) == (True, known)
    assert {path.name for path in tmp_path.glob("*.npz")} == {"v1.npz", "v2.npz"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"not an archive"])
def test_a_file_that_cannot_be_read_is_learned_again(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask, content: bytes
) -> None:
    ask(NOW - HOUR)
    ask(NOW)
    learn_all(history(detector, database, tmp_path))
    (tmp_path / "v1.npz").write_bytes(content)
    found = history(detector, database, tmp_path)
    assert learn_all(found) == 1
    assert found.kept([hour_of(NOW - HOUR) - 1]).rows > 50


def test_without_predictions_nothing_is_learned(
    detector: DriftDetector, database: Database, tmp_path: Path
) -> None:
    assert history(detector, database, tmp_path).learn(NOW) == 0
    assert checked(detector, database, tmp_path).usual_traffic.status == "learning"


def test_one_region_is_drift_from_training_until_it_is_usual(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask
) -> None:
    """A service that only southern districts ask: an alarm until it is known, and then no more."""
    for day in range(DAYS + 1):
        ask(NOW - timedelta(days=day), region=35.0)
    before = checked(detector, database, tmp_path)
    assert (before.usual_traffic.status, before.alarm.follows) == ("learning", "training")
    assert before.drift_analysis.overall_drift
    assert before.alarm.raised
    learn_all(history(detector, database, tmp_path))
    after = checked(detector, database, tmp_path)
    assert after.drift_analysis.overall_drift
    assert after.usual_traffic.periods >= FEWEST_PERIODS
    assert (after.usual_traffic.drifted, after.alarm.raised) == (False, False)
    assert after.alarm.follows == "usual_traffic"


def test_what_differs_from_the_usual_traffic_raises_the_alarm(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask
) -> None:
    for day in range(1, DAYS + 1):
        ask(NOW - timedelta(days=day), region=35.0)
    ask(NOW, region=35.0, income_factor=1.3)
    learn_all(history(detector, database, tmp_path))
    found = checked(detector, database, tmp_path)
    assert found.usual_traffic.drifted
    assert found.alarm.raised
    assert "MedInc" in {each.name for each in found.usual_traffic.changed}
    quiet = checked(detector, database, tmp_path, NOW - timedelta(days=1))
    assert quiet.usual_traffic.drifted is False


def test_seven_and_thirty_days_are_compared_with_fourteen_earlier_weeks(
    detector: DriftDetector, database: Database, ask: Ask, tmp_path: Path
) -> None:
    week = timedelta(days=7)
    for before in range(FEWEST_PERIODS + 5):
        ask(NOW - before * week)
        ask(NOW - before * week - 167 * HOUR)
    known = history(detector, database, tmp_path)
    learn_all(known)
    for days in (7, 30):
        found = check_usual(known, NOW - timedelta(days=days), NOW, DriftThresholds())
        assert (found.status, found.drifted) == ("ok", False)
        assert found.periods >= FEWEST_PERIODS


def test_a_month_that_differs_from_the_weeks_before_it_is_seen(
    detector: DriftDetector, database: Database, ask: Ask, tmp_path: Path
) -> None:
    for days in range(1, 19 * 7, 3):
        ask(NOW - timedelta(days=days), income_factor=1.15 if days < 30 else 1.0)
    ask(NOW, income_factor=1.15)
    known = history(detector, database, tmp_path)
    learn_all(known)
    found = check_usual(known, NOW - timedelta(days=30), NOW, DriftThresholds())
    assert found.drifted
    assert "MedInc" in {each.name for each in found.changed}


def test_what_was_learned_is_forgotten_with_the_log(
    detector: DriftDetector, database: Database, tmp_path: Path, ask: Ask
) -> None:
    ask(NOW - HOUR)
    learn_all(history(detector, database, tmp_path))
    with database.transaction() as connection:
        connection.execute(sa.delete(predictions))
    forget_traffic(tmp_path)
    found = history(detector, database, tmp_path)
    assert (found.learn(NOW), found.knows(hour_of(NOW - HOUR) - 1)) == (0, False)
