"""Files replaced or removed under the running system, which answers on: every answered prediction is kept."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend.client import ServiceRefused
from backend.contract.predictions import HousingFeatures
from storage.database.files import names
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.faults.load import Load
from tests.faults.metered_service import scrape
from tests.faults.system_under_test import System, running_system
from tests.settings import changed
from tests.system import copied_runtime, free_port, wait_for

pytestmark = pytest.mark.xdist_group("faults")

PER_SECOND = 200.0
MANY = 150
"""Answers before and after a fault: what was lost and what is kept differ by more than a moment's worth."""


@pytest.fixture(scope="module")
def system(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One running system for all faults, which leave it whole."""
    folder = tmp_path_factory.mktemp("vanishing")
    runtime = copied_runtime(trained_runtime, folder / "runtime")
    settings = changed(Settings(runtime_directory=runtime), backend_port=free_port())
    with running_system(settings, folder, workers=2) as system:
        system.log_writer.start()
        wait_for(settings.paths.database.exists, what="the database")
        yield system


def _put_back(system: System) -> None:
    (system.settings.paths.database_folder / "backup.db").replace(system.settings.paths.database)


def _put_back_without_journal(system: System) -> None:
    for path in names(system.settings.paths.database)[1:]:
        path.unlink()
    _put_back(system)


def _delete(system: System) -> None:
    for path in names(system.settings.paths.database):
        path.unlink()


def _delete_folder(system: System) -> None:
    shutil.rmtree(system.settings.paths.database_folder)


def _remove_journal(system: System) -> None:
    for path in names(system.settings.paths.database)[1:]:
        path.unlink()


def _remove_spool(system: System) -> None:
    shutil.rmtree(system.settings.paths.spool, ignore_errors=True)


def _move_spool(system: System) -> None:
    system.settings.paths.spool.rename(system.settings.paths.root / "spool-elsewhere")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (_put_back, "database_replaced"),
        (_put_back_without_journal, "database_replaced"),
        (_delete, "database_replaced"),
        (_delete_folder, "database_replaced"),
        (_remove_journal, "database_replaced"),
        (_remove_spool, "spool_removed"),
        (_move_spool, "spool_removed"),
    ],
)
def test_every_answered_prediction_is_recorded(
    fault: Callable[[System], None], kind: str, system: System
) -> None:
    """Answered before and after the fault, with what the process still has open or can move again."""
    paths = system.settings.paths
    before = _alarms(system, kind)
    _copy(paths.database, paths.database_folder / "backup.db")
    with Load(system.settings.addresses.backend_port, per_second=PER_SECOND) as load:
        wait_for(lambda: len(load.answers) >= MANY, what="answers")
        fault(system)
        due = len(load.answers) + MANY
        wait_for(lambda: len(load.answers) >= due, what="answers after the fault")
        wait_for(lambda: _is_readable(system), what="a prediction read back")
    system.drained()
    lost, doubled = system.lost_and_doubled(load.answered_ids())
    assert {answer.status for answer in load.answers} == {200}
    assert (lost, doubled, load.unanswered) == (0, 0, 0)
    assert not list(paths.rejected_records.glob("*"))
    wait_for(lambda: _alarms(system, kind) > before, what="an alarm")
    assert any("was replaced or removed" in alarm for alarm in system.client.health().alarms)


def _alarms(system: System, kind: str) -> float:
    """Return how often the log-writer has counted such an alarm."""
    samples = scrape(f"{system.settings.addresses.backend_url}/metrics") or {}
    return samples.get(("log_writer_alarms_total", frozenset({("kind", kind)})), 0.0)


def _is_readable(system: System) -> bool:
    """Whether a new prediction reaches the database that the workers read."""
    prediction_id = system.client.predict(HousingFeatures(**EXAMPLE)).prediction_id
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        try:
            system.client.prediction(prediction_id)
        except ServiceRefused:
            time.sleep(0.05)
        else:
            return True
    return False


def _copy(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
