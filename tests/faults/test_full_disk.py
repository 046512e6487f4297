"""The disk under the spool is full: 503, also from /health, and nothing unlogged; with room, 200 again."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from backend.client import ServiceRefused
from backend.contract.predictions import HousingFeatures
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.backend.live_service import is_healthy
from tests.faults.load import Load
from tests.faults.system_under_test import System, report, running_system
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("faults")

SPOOL_BYTES = 1024 * 1024
WORKERS = 2


@pytest.fixture
def small_disk(champion_settings: Settings) -> Iterator[None]:
    """A file system of 1 MiB under the spool."""
    spool = champion_settings.paths.spool
    spool.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SPOOL_BYTES},mode=700", "tmpfs", str(spool)]
    result = subprocess.run(mount, capture_output=True, text=True)
    if result.returncode != 0:
        pytest.skip(
            f"A full disk needs the right to mount a small one ({result.stderr.strip()}); "
            "run as root, or within `unshare -rm`."
        )
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(spool)], check=True)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_answered_503_until_there_is_room(
    champion_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    with running_system(champion_settings, tmp_path, workers=WORKERS) as system:
        with Load(champion_settings.addresses.backend_port) as load:
            wait_for(lambda: any(a.status != 200 for a in load.answers), what="a full disk")
        refused = _refusal(system)
        health = system.client.health()
        counted = _refused_records(champion_settings)
        full = len(load.answered_ids())
        system.log_writer.start()
        with Load(champion_settings.addresses.backend_port, per_second=100) as later:
            wait_for(
                lambda: len(later.answered_ids()) > 100, what="answers, now that there is room"
            )
        system.drained()
        wait_for(lambda: is_healthy(system.client), what="readiness, now that there is room")
        assert system.client.health().alarms == []
        lost, doubled = system.lost_and_doubled(load.answered_ids() + later.answered_ids())
    statuses = {answer.status for answer in load.answers + later.answers}
    figures = {"answered_200_until_full": full, "lost": lost, "doubled": doubled}
    report(capsys, figures)
    assert statuses == {200, 503}
    assert "free some disk space" in str(refused)
    assert health.status == "unhealthy"
    assert health.alarms == [health.message] == [str(refused)]
    assert counted > 0
    said = (tmp_path / "api.log").read_text()
    assert "Traceback" not in said
    minutes = 1 + (time.monotonic() - begun) // 60
    assert 1 <= said.count("could not be written") <= WORKERS * minutes
    assert (lost, doubled) == (0, 0)


def _refused_records(settings: Settings) -> float:
    text = requests.get(f"{settings.addresses.backend_url}/metrics", timeout=10).text
    (line,) = re.findall(r"^record_write_failures_total (\S+)$", text, re.MULTILINE)
    return float(line)


def _refusal(system: System) -> ServiceRefused:
    """Return what a client is told."""
    for _ in range(100):  # the last bytes of the disk may still take a row or two
        try:
            system.client.predict(HousingFeatures(**EXAMPLE))
        except ServiceRefused as refused:
            return refused
    raise AssertionError("The disk is not full.")
