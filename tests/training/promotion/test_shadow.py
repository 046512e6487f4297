"""Silent answers, with real versions and a real database: whose, which, and each exactly once."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES, HousingFeatures
from storage.errors import SpoolUnavailable
from storage.log_writer.writer import LogWriter
from storage.models.store import MODEL, ModelStore
from storage.models.watch_record import ShadowPosition
from storage.process.progress import read_progress
from storage.schema.arrays import FloatArray
from storage.schema.records import PredictionRecord, utc_now
from storage.schema.tables import predictions, shadow_answers
from storage.settings import Settings
from storage.spool.log_handler import open_spool
from storage.spool.spool import Spool
from tests.settings import changed
from tests.versions import publish_dearer, spoil
from training.dataset.sources import load_table
from training.promotion import shadow
from training.promotion.loaded_version import LoadedVersion
from training.promotion.shadow import Shadow, is_chosen, newest_challenger

ROWS = 60
BY = 0.25


@pytest.fixture(scope="module")
def districts() -> FloatArray:
    return load_table().inputs[: 4 * ROWS]


class Killed(Exception):
    """Stands for a kill: what comes after it in the process does not happen."""


class Bench:
    """A runtime folder with a champion that answers, and a dearer challenger."""

    def __init__(self, settings: Settings, spool: Spool, districts: FloatArray) -> None:
        self.settings = changed(settings, shadow_share=1.0)
        self.spool = spool
        self.districts = districts
        self.store = ModelStore(settings.paths)
        self.champion = self.store.champion().version
        self.served = LoadedVersion.load(self.store, self.champion)
        self.move()

    def shadow(self, **settings: Any) -> Shadow:
        return Shadow(changed(self.settings, **settings), self.spool)

    def challenge(self, name: str = "challenger") -> str:
        return publish_dearer(self.store, self.champion, name, BY).version

    def predict(self, rows: int = ROWS, version: str | None = None) -> list[str]:
        """Log predictions as the service does, and move them into the database; return their ids."""
        inputs = np.ascontiguousarray(self.districts[:rows])
        answers = self.served.predictor.answer(inputs).tolist()
        pairs = zip(inputs.tolist(), answers, strict=True)
        made = [self._record(row, answer, version or self.champion) for row, answer in pairs]
        self.spool.append(made)
        self.move()
        return [one.prediction_id for one in made]

    def _record(self, row: list[float], answer: list[float], version: str) -> PredictionRecord:
        price, lower, upper, _ = answer
        return PredictionRecord(
            request_id="a request",
            inputs=HousingFeatures(**dict(zip(FEATURE_NAMES, row, strict=True))),
            prediction=price,
            interval_lower=lower,
            interval_upper=upper,
            model_type="any",
            model_version=version,
        )

    def move(self) -> None:
        with closing(Database(self.settings.database_address, writable=True)) as database:
            database.migrate()
            assert LogWriter(self.settings.paths, database, 65536).drain(utc_now()).rejected == 0

    def answered(self) -> list[dict[str, Any]]:
        self.move()
        with (
            closing(Database(self.settings.database_address)) as database,
            database.transaction() as connection,
        ):
            rows = connection.execute(sa.select(shadow_answers).order_by(shadow_answers.c.id))
            return [dict(row) for row in rows.mappings()]

    def position(self) -> ShadowPosition | None:
        return read_progress(self.settings.paths.shadow_position, ShadowPosition)


@pytest.fixture
def bench(champion_settings: Settings, districts: FloatArray) -> Iterator[Bench]:
    spool = open_spool(champion_settings)
    yield Bench(champion_settings, spool, districts)
    spool.close()


def run(shadow: Shadow) -> int:
    """Run until a batch brings nothing; return the number of silent answers."""
    total = 0
    while number := shadow.run_once(utc_now()):
        total += number
    return total


def test_the_challenger_answers_what_is_logged_from_now_on(bench: Bench) -> None:
    version = bench.challenge()
    bench.predict(5)
    silent = bench.shadow()
    assert run(silent) == 0, "what was logged before"
    ids = bench.predict()
    assert run(silent) == ROWS
    answered = bench.answered()
    assert [row["prediction_id"] for row in answered] == ids
    assert {row["model_version"] for row in answered} == {version}
    np.testing.assert_allclose([row["difference"] for row in answered], BY)
    assert all(row["interval_lower"] <= row["interval_upper"] for row in answered)
    assert bench.position() == ShadowPosition(row_id=5 + ROWS, answered=ROWS)


def test_small_batches_and_a_restart_answer_each_prediction_once(bench: Bench) -> None:
    bench.challenge()
    bench.shadow().run_once(utc_now())
    ids = bench.predict()
    numbers = []
    while number := bench.shadow(shadow_batch_rows=25).run_once(utc_now()):
        numbers.append(number)
    assert numbers == [25, 25, 10]
    assert [row["prediction_id"] for row in bench.answered()] == ids


def test_a_kill_between_the_answers_and_the_position_changes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.challenge()
    silent = bench.shadow(shadow_batch_rows=40)
    silent.run_once(utc_now())
    ids = bench.predict()

    def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(shadow, "keep_progress", killed)
    with pytest.raises(Killed):
        silent.run_once(utc_now())
    monkeypatch.undo()
    assert len(bench.answered()) == 40, "they were appended, and their position is not kept"
    publish_dearer(
        bench.store, "challenger", "younger", BY
    )  # answers them too: the first answers stay
    assert run(bench.shadow(shadow_batch_rows=40)) == ROWS
    answered = bench.answered()
    assert [row["prediction_id"] for row in answered] == ids
    assert [row["model_version"] for row in answered] == ["challenger"] * 40 + ["younger"] * 20


def test_answers_that_cannot_be_kept_are_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.challenge()
    silent = bench.shadow()
    silent.run_once(utc_now())
    ids = bench.predict()

    def full(*_: Any) -> None:
        raise SpoolUnavailable("The disk is full.")

    monkeypatch.setattr(bench.spool, "append", full)
    with pytest.raises(SpoolUnavailable):
        silent.run_once(utc_now())
    monkeypatch.undo()
    assert run(silent) == ROWS
    assert [row["prediction_id"] for row in bench.answered()] == ids


def test_a_share_is_chosen_by_the_id(bench: Bench) -> None:
    bench.challenge()
    silent = bench.shadow(shadow_share=0.5)
    silent.run_once(utc_now())
    ids = bench.predict()
    run(silent)
    chosen = [one for one in ids if is_chosen(one, 0.5)]
    assert 0 < len(chosen) < ROWS
    assert [row["prediction_id"] for row in bench.answered()] == chosen


def test_without_a_share_or_a_challenger_nothing_is_answered_and_a_gap_is_not_made_up_for(
    bench: Bench,
) -> None:
    assert run(bench.shadow()) == 0
    assert bench.position() is None
    bench.challenge()
    bench.shadow().run_once(utc_now())
    assert run(bench.shadow(shadow_share=0.0)) == 0
    assert bench.position() == ShadowPosition()
    bench.predict(7)
    bench.shadow().run_once(utc_now())
    assert bench.position() == ShadowPosition(row_id=7)
    assert bench.answered() == []


def test_its_own_answers_are_not_compared_with_themselves(bench: Bench) -> None:
    version = bench.challenge()
    silent = bench.shadow()
    silent.run_once(utc_now())
    bench.predict(5, version)
    assert run(silent) == 0
    assert bench.position() == ShadowPosition(row_id=5)


def test_a_database_made_anew_counts_from_one(bench: Bench) -> None:
    bench.challenge()
    bench.predict()
    silent = bench.shadow()
    silent.run_once(utc_now())
    assert bench.position() == ShadowPosition(row_id=ROWS)
    with (
        closing(Database(bench.settings.database_address, writable=True)) as database,
        database.transaction() as connection,
    ):
        connection.execute(sa.delete(predictions))
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'predictions'")
    assert run(silent) == 0
    ids = bench.predict(5)
    silent.run_once(utc_now())
    assert run(silent) == 5
    assert [row["prediction_id"] for row in bench.answered()] == ids


def test_who_the_challenger_is(bench: Bench) -> None:
    store = bench.store
    assert newest_challenger(store) is None
    bench.challenge("a")
    found = newest_challenger(store)
    assert found is not None
    assert found.version == "a"
    store.set_champion("a")
    assert newest_challenger(store) is None, "the version before the champion is older"
    store.set_champion(bench.champion)
    assert newest_challenger(store) is None, "it served before"
    store.folder(bench.champion).rename(store.folder("moved"))
    assert newest_challenger(store) is None, "without a champion there is none to challenge"


def test_a_damaged_challenger_is_said_once_and_answers_when_it_is_mended(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    path = bench.store.folder(bench.challenge()) / MODEL
    content = path.read_bytes()
    spoil(path)
    silent = bench.shadow()
    for _ in range(3):
        assert silent.run_once(utc_now()) == 0
    assert caplog.text.count("No challenger runs in the shadow: version challenger") == 1
    path.write_bytes(content)
    silent.run_once(utc_now())
    bench.predict(5)
    assert run(silent) == 5


def test_answers_that_are_no_numbers_are_left_out_and_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench.challenge()
    silent = bench.shadow()
    silent.run_once(utc_now())
    bench.predict(5)
    challenger = silent._loaded
    assert challenger is not None
    real = challenger.predictor.answer

    def broken(inputs: FloatArray) -> FloatArray:
        answers = real(inputs)
        answers[2, 0] = np.nan
        return answers

    monkeypatch.setattr(challenger.predictor, "answer", broken)
    assert silent.run_once(utc_now()) == 4
    assert "1 shadow answers of version challenger are not finite numbers" in caplog.text
    assert len(bench.answered()) == 4


@given(st.text(max_size=32), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_has_all_of_a_smaller_one(one: str, first: float, second: float) -> None:
    smaller, larger = sorted((first, second))
    assert is_chosen(one, smaller) <= is_chosen(one, larger)
    assert is_chosen(one, 1.0)
    assert not is_chosen(one, 0.0)
