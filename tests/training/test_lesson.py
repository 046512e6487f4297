"""What a retraining learns from: the table of the champion."""

import pytest

from storage.models.tables import KeptTables
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.training.bench import PATIENT, Bench
from training.dataset.table import HousingTable


@pytest.fixture
def bench(settings: Settings, small_table: HousingTable) -> Bench:
    return Bench(changed(settings, **PATIENT), small_table)


def test_a_retraining_learns_from_the_table_of_the_champion(
    bench: Bench, embedded: HousingTable
) -> None:
    first = bench.retrain()["version"]
    own = bench.table
    bench.table = embedded  # what a worker begins with when there is no champion
    again = bench.store.manifest(str(bench.retrain()["version"]))
    assert (again.dataset_sha256, again.table) == (own.sha256, own.learned)
    assert sum(path.is_file() for path in bench.settings.paths.tables.iterdir()) == 1
    KeptTables(bench.settings.paths).path(own.sha256).unlink()
    trigger_id = bench.submit()
    closed = bench.worker().run_once(utc_now())
    assert closed is not None
    assert closed.status == "failed"
    assert closed.trigger_id == trigger_id
    assert closed.result is not None
    assert (
        f"The table that version {first} learned from (small table, 600 rows"
        in closed.result["error"]
    )
    assert bench.store.champion().version == first
