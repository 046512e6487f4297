"""What a killed attempt at a retraining left behind does not fail the next one."""

import shutil

import pytest

from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.training.bench import PATIENT, Bench
from tests.versions import publish_unloadable
from training.dataset.table import HousingTable


@pytest.fixture
def bench(settings: Settings, small_table: HousingTable) -> Bench:
    return Bench(changed(settings, **PATIENT), small_table)


def test_what_an_attempt_left_and_cannot_be_loaded_is_trained_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    first = str(bench.retrain()["version"])
    half_written = bench.settings.paths.versions / ".half.draft"
    shutil.copytree(bench.store.folder(first), half_written)
    trigger_id = bench.submit(force=True)
    publish_unloadable(bench.store, first, "left", trigger_id=trigger_id)
    bench.worker().run_once(utc_now())
    found = bench.queue.find(trigger_id)
    assert found.state == "done"
    assert found.trigger.result is not None
    assert found.trigger.result["version"] not in (first, "left")
    assert "left by an interrupted attempt; training again" in caplog.text
    assert bench.store.inventory()[1] == []
