"""The demo on a live service; its worker is played by the queue itself, and by the real one in a soak."""

import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import backend.demo.retraining
from backend.client import HousingClient
from backend.demo.acts import Demo, Lengths
from backend.demo.retraining import NoVerdict, follow
from backend.simulate.run import row_pool
from storage.models.store import ModelStore
from storage.retraining.queue import RetrainQueue
from storage.schema.triggers import HeartBeat, Trigger
from storage.settings import Settings
from tests.backend.live_service import ADMIN_KEY, live_service, process_settings
from tests.system import REPOSITORY, clean_environment, running

pytestmark = pytest.mark.xdist_group("processes")

PROMOTED: dict[str, Any] = {
    "promoted": True,
    "version": "v2",
    "reason": "better on the recent part",
}


def test_the_acts_are_told_to_their_end(
    shared_settings: Settings, shared_service: HousingClient
) -> None:
    console = _console()
    connect = partial(HousingClient, shared_settings.addresses.backend_url, ADMIN_KEY)
    districts = row_pool(shared_settings)
    demo = Demo(connect, districts, 0, console, Lengths(problem=2.0, new=6.0, again=2.0))
    served = shared_service.info().model_version
    promoted = PROMOTED | {"version": served}
    with _worker_that_says(shared_settings, promoted, succeeded=True) as claimed:
        demo.run()
    text = _text(console)
    assert [text.index(f"{act}/4 ") for act in (1, 2, 3, 4)] == sorted(
        text.index(f"{act}/4 ") for act in (1, 2, 3, 4)
    )
    assert "Should we retrain? Yes:" in text
    assert f"Promoted: {served}. better on the recent part" in text
    assert "Not every worker" not in text
    assert text.count("Its error in the last minute: RMSE $") == 2
    (trigger,) = claimed
    assert (trigger.source, trigger.requested_by) == ("degradation", "admin")


def test_a_retraining_that_failed_ends_the_demo_with_its_sentence(
    shared_settings: Settings, shared_service: HousingClient
) -> None:
    connect = partial(HousingClient, shared_settings.addresses.backend_url, ADMIN_KEY)
    lengths = Lengths(problem=0.2, new=0.2, again=0.2)
    demo = Demo(connect, row_pool(shared_settings), 0, _console(), lengths)
    failed = _worker_that_says(shared_settings, {"error": "no space left"}, succeeded=False)
    with failed, pytest.raises(NoVerdict, match=r"failed: .*no space left"):
        demo.run()


def test_without_a_worker_the_wait_has_an_end(
    shared_settings: Settings, shared_service: HousingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend.demo.retraining, "PATIENCE_SECONDS", 1.0)
    trigger_id = shared_service.trigger_retraining("to be waited for").trigger_id
    with pytest.raises(NoVerdict, match="Does the worker run"):
        follow(shared_service, trigger_id, _console())
    shared_service.cancel_retraining(trigger_id, "waited for long enough")


def test_the_next_act_waits_until_the_promoted_version_serves(
    shared_settings: Settings, shared_service: HousingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told of the version before, and measured with it."""
    monkeypatch.setattr(backend.demo.retraining, "SWAP_SECONDS", 0.5)
    connect = partial(HousingClient, shared_settings.addresses.backend_url, ADMIN_KEY)
    lengths = Lengths(problem=0.2, new=0.2, again=0.2)
    console = _console()
    demo = Demo(connect, row_pool(shared_settings), 0, console, lengths)
    with _worker_that_says(shared_settings, PROMOTED, succeeded=True):
        demo.run()
    assert "Not every worker of the service serves v2 yet." in _text(console)


def test_without_a_service_it_says_what_starts_it(settings: Settings) -> None:
    result = _demo(settings)
    assert result.returncode == 1
    assert result.stderr.rstrip().endswith("`make up` starts it.")
    assert "Traceback" not in result.stderr


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_demo_ends_in_a_promotion(champion_settings: Settings, tmp_path: Path) -> None:
    store = ModelStore(champion_settings.paths)
    old = store.champion().version
    told = process_settings(champion_settings)
    with (
        live_service(champion_settings, tmp_path),
        running("training.worker", tmp_path / "worker.log", **told),
    ):
        result = _demo(champion_settings)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Promoted: " in result.stdout
    assert store.champion().version != old


def _demo(settings: Settings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend.demo"],
        cwd=REPOSITORY,
        env=clean_environment(**process_settings(settings)),
        capture_output=True,
        text=True,
        timeout=900,
    )


@contextmanager
def _worker_that_says(
    settings: Settings, result: dict[str, Any], *, succeeded: bool
) -> Iterator[list[Trigger]]:
    """Claim one retraining in the background and close it with a result; yields what was claimed."""
    queue, stop = RetrainQueue(settings.paths.triggers), threading.Event()
    claimed: list[Trigger] = []

    def work() -> None:
        while not stop.wait(0.1):
            claim = queue.claim()
            if claim is not None:
                claimed.append(claim.trigger)
                claim.beat(HeartBeat(stage="training", step="Fitting ridge", progress=0.5))
                claim.finish(result, succeeded=succeeded)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield claimed
    finally:
        stop.set()
        worker.join()


def _console() -> Console:
    return Console(file=io.StringIO(), width=100)


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
