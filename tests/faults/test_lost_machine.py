"""The machine is lost: a backup that was made while it ran brings everything answered until then back."""

import os
import shutil
import signal
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.client import HousingClient
from backend.contract.predictions import HousingFeatures
from storage.audit.trail import AuditTrail
from storage.backup.manifest import read_manifest
from storage.database.connection import Database
from storage.domain.inputs import EXAMPLE
from storage.models.store import ModelStore
from storage.schema.tables import predictions
from storage.settings import Settings
from tests.backend.live_service import live_service, process_settings
from tests.faults.load import Load
from tests.faults.system_under_test import report
from tests.system import said_by, wait_for
from tests.versions import champion_and_dearer

pytestmark = pytest.mark.xdist_group("faults")

PER_SECOND = 150.0
MANY = 150


def test_a_lost_machine_loses_nothing_that_was_answered_before_the_backup(
    champion_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, target = champion_settings, tmp_path / "backup"
    old, new = champion_and_dearer(ModelStore(settings.paths))
    answered, price, seconds = _lose_the_machine(settings, tmp_path, target, new)
    restored = _command("storage.restore", settings, str(target))
    assert f"champion {new}" in restored
    manifest = read_manifest(target)
    with live_service(settings, tmp_path / "second") as client:
        again = client.predict(HousingFeatures(**EXAMPLE))
        wait_for(
            lambda: client.database_statistics().statistics.spool_backlog.bytes == 0,
            what="a drained spool",
        )
        stored = _stored(settings)
        audit = AuditTrail(settings.paths).verify()
        rolled_back = client.roll_back("after the restoration", expected_champion=new)
    report(
        capsys,
        {
            "answered_before_the_backup": len(answered),
            "backup_seconds": round(seconds, 2),
            "rows": sum(manifest.rows.values()),
            "waiting_in_the_spool": manifest.waiting_records,
        },
    )
    assert [stored[prediction] for prediction in answered] == [1] * len(answered)
    assert max(stored.values()) == 1
    assert (again.model_version, again.prediction) == (new, price)
    assert audit.holds
    assert rolled_back.version == old


def _stored(settings: Settings) -> Counter[str]:
    """Return how often each prediction is recorded."""
    with closing(Database(settings.database_address)) as database, database.transaction() as read:
        return Counter(read.execute(sa.select(predictions.c.prediction_id)).scalars())


def _lose_the_machine(
    settings: Settings, folder: Path, target: Path, champion: str
) -> tuple[list[str], float, float]:
    """Serve under a little load, back up meanwhile, kill everything, delete the folder.

    Return the predictions answered before the backup, the champion's price, and the backup's seconds.
    """
    with live_service(settings, folder / "first") as client:
        client.promote(champion, "to be found again")
        price = _served(client, champion)
        with Load(settings.addresses.backend_port, per_second=PER_SECOND) as load:
            wait_for(lambda: len(load.answers) >= MANY, what="answers")
            answered, begun = load.answered_ids(), time.monotonic()
            said = _command("storage.backup", settings, str(target))
            seconds = time.monotonic() - begun
            due = len(load.answers) + MANY
            wait_for(lambda: len(load.answers) >= due, what="answers after the backup")
            _kill_everything(settings)
    assert (len(load.failures()), f"champion {champion}" in said) == (0, True)
    shutil.rmtree(settings.paths.root)
    return answered, price, seconds


def _served(client: HousingClient, version: str) -> float:
    """Return the price of the example once every worker has the version."""

    def answer() -> float | None:
        found = [client.predict(HousingFeatures(**EXAMPLE)) for _ in range(8)]
        served = {each.model_version for each in found}
        return found[0].prediction if served == {version} else None

    return wait_for(answer, what=f"{version} served")


def _kill_everything(settings: Settings) -> None:
    """Kill every process that runs over this folder with -9."""
    told = f"HOUSING_RUNTIME_DIRECTORY={settings.runtime_directory}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if told in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)


def _command(module: str, settings: Settings, *arguments: str) -> str:
    """Run one of the commands, which must succeed; return what it says."""
    return said_by("-m", module, *arguments, **process_settings(settings))
