"""A rollback under a little load: every worker serves the earlier version, and no request is lost."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.client import HousingClient
from backend.metrics.files import MULTIPROCESS_VARIABLE
from storage.audit.trail import AuditTrail
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.backend.live_service import ADMIN_KEY
from tests.faults.load import Load
from tests.faults.metered_service import WORKERS, metered_service, scrape
from tests.faults.system_under_test import PATIENCE_SECONDS, report
from tests.system import wait_for
from tests.versions import champion_and_dearer

pytestmark = pytest.mark.xdist_group("faults")

CONNECTIONS, PER_SECOND = 2, 50
BOUNDS = tuple(f"ml_champion_trained_{name}_timestamp_seconds" for name in ("lowest", "highest"))


@pytest.fixture
def versions(champion_settings: Settings) -> tuple[str, str]:
    """The champion, and one after it."""
    return champion_and_dearer(ModelStore(champion_settings.paths))


@pytest.fixture
def client(
    champion_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HousingClient]:
    """A client of the service with its settings as they are, two workers."""
    monkeypatch.setenv(MULTIPROCESS_VARIABLE, str(champion_settings.paths.prometheus))
    with (
        metered_service(champion_settings, tmp_path / "api.log"),
        HousingClient(champion_settings.service_url, ADMIN_KEY, PATIENCE_SECONDS) as client,
    ):
        yield client


def test_a_rollback_reaches_every_worker_and_loses_no_request(
    client: HousingClient,
    champion_settings: Settings,
    versions: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    old, new = versions
    with Load(champion_settings.backend_port, CONNECTIONS, PER_SECOND) as load:
        client.promote(new, "to be rolled back")
        _everywhere(champion_settings, new)
        begun = time.monotonic()
        answered = client.roll_back("its errors have doubled", expected_champion=new)
        answered_after = time.monotonic() - begun
        _everywhere(champion_settings, old)
        served_after = time.monotonic() - begun
        everywhere = time.monotonic()
        wait_for(lambda: len(load.between(everywhere, time.monotonic())) > 20, what="answers")
    report(
        capsys,
        {
            "rollback_answered_seconds": round(answered_after, 2),
            "until_every_worker_serves_it_seconds": round(served_after, 2),
            "answers": len(load.answers),
        },
    )
    assert (answered.version, answered.previous) == (old, new)
    assert (load.failures(), load.unanswered) == ([], 0)
    served = [
        answer.content["model_version"] for answer in load.between(everywhere, time.monotonic())
    ]
    assert set(served) == {old}
    assert {answer.content["model_version"] for answer in load.answers} == {old, new}
    trail = AuditTrail(champion_settings.paths)
    assert trail.verify().holds
    assert [entry.action for entry in trail.newest(10)] == ["rollback", "promotion"]


def _everywhere(settings: Settings, version: str) -> None:
    trained_at = ModelStore(settings.paths).manifest(version).created_at.timestamp()

    def is_everywhere() -> bool:
        series = scrape(f"{settings.service_url}/metrics") or {}
        shown = {name: value for (name, _), value in series.items()}
        return all(shown.get(name) == trained_at for name in BOUNDS)

    wait_for(is_everywhere, what=f"{version} in all {WORKERS} workers")
