"""One column over time: the steps are the same whoever looks when, and the first one is whole."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.drift.timeline import TimelinePoint
from backend.drift.check import AskedWindow, check_window
from backend.drift.detector import DriftDetector
from backend.drift.thresholds import DriftThresholds
from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.tables import predictions
from tests.migrated import migrated

TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
A_MINUTE = 40
"""Predictions in each minute."""
Look = Callable[..., DriftWindowResponse]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    database = migrated(f"sqlite:///{tmp_path}/log.db")
    yield database
    database.close()


@pytest.fixture
def ask(database: Database, shuffled_table: np.ndarray) -> Callable[..., None]:
    """Store 40 answers a minute, to rows that the detector never saw."""
    random = np.random.default_rng(0)
    rest = shuffled_table[16_512:]

    def store(first: int, last: int, income_factor: float = 1.0) -> None:
        moments = [
            TEN + MINUTE * (minute + part / A_MINUTE)
            for minute in range(first, last)
            for part in range(A_MINUTE)
        ]
        rows = rest[random.choice(len(rest), len(moments))].copy()
        rows[:, 0] *= income_factor
        stored = [_stored(*each) for each in zip(moments, rows, strict=True)]
        with database.transaction() as connection:
            connection.execute(sa.insert(predictions), stored)

    return store


def _stored(moment: datetime, row: np.ndarray) -> dict[str, object]:
    *inputs, price = row.tolist()
    return {
        "timestamp": moment,
        "prediction_id": moment.isoformat(),
        "request_id": "test",
        "prediction": price,
        "model_type": "Test",
        "model_version": "v1",
        **dict(zip(FEATURE_NAMES, inputs, strict=True)),
    }


@pytest.fixture
def look(detector: DriftDetector, database: Database, tmp_path: Path) -> Look:
    """Look at the hour before a moment, at the income."""

    def found(end: datetime, most_rows: int = 10_000) -> DriftWindowResponse:
        asked = AskedWindow(end, 60 * MINUTE, DriftThresholds(), most_rows, opened="MedInc")
        return check_window(detector, "v1", database, tmp_path, asked)

    return found


def timeline(found: DriftWindowResponse) -> list[TimelinePoint]:
    assert found.opened is not None
    return found.opened.timeline


def test_the_same_steps_have_the_same_figures_whoever_looks_when(
    ask: Callable[..., None], look: Look
) -> None:
    ask(0, 120)
    looks = [timeline(look(TEN + 90 * MINUTE + timedelta(seconds=late))) for late in (1, 77, 290)]
    first, *others = ({point.since: point for point in points} for points in looks)
    assert {(since.minute % 5, since.second) for since in first} == {(0, 0)}
    for other in others:
        common = [since for since in first if since in other and not first[since].unfinished]
        assert len(common) >= 11
        assert [first[since] for since in common] == [other[since] for since in common]


def test_the_first_step_is_whole_and_the_verdict_is_of_the_window_alone(
    ask: Callable[..., None], look: Look
) -> None:
    ask(0, 120)
    found = look(TEN + 93 * MINUTE)
    assert found.drift_analysis.n_samples == 60 * A_MINUTE
    points = timeline(found)
    assert (points[0].since, points[0].n_samples) == (TEN + 30 * MINUTE, 5 * A_MINUTE)
    assert [point.n_samples for point in points[:-1]] == [5 * A_MINUTE] * 12
    assert (points[-1].n_samples, points[-1].unfinished) == (3 * A_MINUTE, True)
    assert points[-1].until == TEN + 95 * MINUTE


def test_drift_is_said_to_have_begun_with_the_first_step_beyond_the_range(
    ask: Callable[..., None], look: Look
) -> None:
    ask(0, 65)
    ask(65, 120, 1.5)
    found = look(TEN + 93 * MINUTE)
    assert found.opened is not None
    onset = found.opened.onset
    assert found.drift_analysis.drift_scores["MedInc"].drifted
    assert (onset.last_within, onset.first_beyond) == (TEN + 60 * MINUTE, TEN + 65 * MINUTE)
    assert onset.last_beyond == TEN + 90 * MINUTE
    assert onset.steps_beyond == 6
    beyond = {point.since for point in found.opened.timeline if point.beyond}
    assert beyond == {TEN + minute * MINUTE for minute in range(65, 95, 5)}


def test_of_a_window_with_too_many_rows_the_first_step_is_whole_too(
    ask: Callable[..., None], look: Look
) -> None:
    ask(0, 120)
    found = look(TEN + 120 * MINUTE, most_rows=1_111)
    assert found.truncated
    assert found.drift_analysis.n_samples == 1_111
    points = timeline(found)
    assert points[0].since.second == 0
    assert {point.n_samples for point in points if not point.unfinished} == {
        A_MINUTE * (points[0].until - points[0].since) // MINUTE
    }
