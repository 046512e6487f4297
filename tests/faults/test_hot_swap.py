"""Swaps under load: none lost, none mixed; how slow is printed. A refused version changes nothing."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
from numpy.typing import NDArray
from prometheus_client.multiprocess import MultiProcessCollector

from backend.metrics.dead_files import LIVE_FILES
from backend.metrics.files import MULTIPROCESS_VARIABLE
from backend.metrics.scrape import collected
from backend.serving.served_model import ServedModel
from storage.models.store import MODEL, ModelStore
from storage.process.atomic_files import write_atomically
from storage.schema.manifest import ChampionPointer
from storage.settings import Settings
from tests.faults.load import Answer, Load, percentile_milliseconds
from tests.faults.metered_service import metered_service, metric_folder, scrape, serving_workers
from tests.faults.system_under_test import PATIENCE_SECONDS, report
from tests.system import wait_for
from tests.versions import champion_and_dearer, overwrite, spoil

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(900)]

SWAPS, MANY_SWAPS = 4, 20
STEADY_ANSWERS = 110
"""Answers between two swaps: 2,200 in a round, so that their p99 stands on two dozen."""
CONNECTIONS = 2
PER_SECOND = 200
INPUTS = 40
GIVE_UP_SECONDS = 1.0
BOUNDS = tuple(f"ml_champion_trained_{name}_timestamp_seconds" for name in ("lowest", "highest"))


@pytest.fixture
def store(champion_settings: Settings) -> ModelStore:
    return ModelStore(champion_settings.paths)


@pytest.fixture
def versions(store: ModelStore) -> tuple[str, str]:
    return champion_and_dearer(store)


@pytest.fixture
def service(
    champion_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[int]:
    """The process id of the service with two workers that look for a new champion often.

    A worker that a test stops is left to the test.
    """
    monkeypatch.setenv(MULTIPROCESS_VARIABLE, str(champion_settings.paths.prometheus))
    told = {"HOUSING_MODEL_POLL_SECONDS": "0.1", "HOUSING_BACKEND_SILENCE_SECONDS": "600"}
    with metered_service(champion_settings, tmp_path / "api.log", **told) as service:
        yield service


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("swaps", [SWAPS, pytest.param(MANY_SWAPS, marks=pytest.mark.soak)])
def test_swaps_under_load(
    swaps: int,
    champion_settings: Settings,
    store: ModelStore,
    versions: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    inputs = ServedModel.load(store, versions[0]).profile.inputs[:INPUTS]
    load, windows = _swap_under_load(champion_settings, store, versions, inputs, swaps)
    report(capsys, _figures(windows, *_apart(load.answers, windows)))
    assert (load.failures(), load.unanswered) == ([], 0)
    _check_answers(load, store, versions, inputs)
    assert _scraped(champion_settings)["ml_model_swaps_total"] == 2 + 2 * swaps


def test_a_worker_left_behind_shows_until_it_is_gone(
    service: int, champion_settings: Settings, store: ModelStore, versions: tuple[str, str]
) -> None:
    old, new = (store.manifest(version).created_at.timestamp() for version in versions)
    left_behind = min(serving_workers(service))
    os.kill(left_behind, signal.SIGSTOP)
    store.set_champion(versions[1])
    wait_for(lambda: _served() == [old, new], what="a mixed fleet")
    shown = _scraped(champion_settings)
    assert [shown[name] for name in BOUNDS] == [old, new]
    os.kill(left_behind, signal.SIGKILL)
    wait_for(
        lambda: len(serving_workers(service) - {left_behind}) == 2, PATIENCE_SECONDS, "a new worker"
    )
    wait_for(lambda: _served() == [new, new], what="one version everywhere")
    shown = _scraped(champion_settings)
    assert [shown[name] for name in BOUNDS] == [new, new]


@pytest.mark.usefixtures("service")
def test_a_spoiled_version_is_refused_under_load_and_served_when_mended(
    champion_settings: Settings, store: ModelStore, versions: tuple[str, str]
) -> None:
    inputs = ServedModel.load(store, versions[0]).profile.inputs[:INPUTS]
    old, new = (store.manifest(version).created_at.timestamp() for version in versions)
    model = store.folder(versions[1]) / MODEL
    whole = model.read_bytes()
    store.set_champion(versions[1])
    wait_for(lambda: _served() == [new, new], what="the new version")
    store.set_champion(versions[0])
    wait_for(lambda: _served() == [old, old], what="the old version")
    with Load(champion_settings.addresses.backend_port, 2, 100, inputs.tolist()) as load:
        spoil(model)
        pointer = ChampionPointer(version=versions[1]).model_dump_json()
        write_atomically(champion_settings.paths.champion_pointer, pointer.encode())
        wait_for(lambda: _scraped(champion_settings)["ml_model_load_failures_total"] == 2)
        health = requests.get(
            f"{champion_settings.addresses.backend_url}/health", timeout=10
        ).json()
        assert (health["model_version"], health["refused_version"]) == versions
        assert "does not match the checksum" in health["refused_reason"]
        assert _served() == [old, old]
        overwrite(model, whole)
        wait_for(lambda: _served() == [new, new], what="the mended version")
        wait_for(lambda: _last_version(load) == versions[1], what="an answer of it")
    assert (load.failures(), load.unanswered) == ([], 0)
    _check_answers(load, store, versions, inputs)


def _swap_under_load(
    settings: Settings,
    store: ModelStore,
    versions: tuple[str, str],
    inputs: NDArray[np.float64],
    swaps: int,
) -> tuple[Load, list[tuple[float, float]]]:
    """Swap to and fro; return what was answered, and when each swap began and was everywhere."""
    windows = []
    with Load(settings.addresses.backend_port, CONNECTIONS, PER_SECOND, inputs.tolist()) as load:
        for number in range(swaps):
            _wait_for_answers(load, STEADY_ANSWERS)
            windows.append(_swap(store, versions[1 - number % 2]))
    return load, windows


def _wait_for_answers(load: Load, number: int) -> None:
    enough = len(load.answers) + number
    # Looks at the metric files as often as a swap does: the load comes from this process too.
    wait_for(lambda: len(_served()) == 2 and len(load.answers) >= enough, what="steady answers")


def _last_version(load: Load) -> str:
    version: str = load.answers[-1].content["model_version"]
    return version


def _apart(
    answers: list[Answer], swaps: list[tuple[float, float]]
) -> tuple[list[Answer], list[Answer]]:
    """Return the answers that were never under way during a swap, and those that were."""
    steady: list[Answer] = []
    swapping: list[Answer] = []
    for answer in answers:
        end = answer.asked + answer.seconds
        met = any(answer.asked <= until and end >= since for since, until in swaps)
        (swapping if met else steady).append(answer)
    return steady, swapping


def _figures(
    swaps: list[tuple[float, float]], steady: list[Answer], swapping: list[Answer]
) -> dict[str, float]:
    p99_steady, p99_swapping = (
        percentile_milliseconds(answers, 0.99) for answers in (steady, swapping)
    )
    return {
        "swaps": len(swaps),
        "longest_until_everywhere_seconds": round(max(end - begun for begun, end in swaps), 2),
        "steady_answers": len(steady),
        "steady_p99_milliseconds": round(p99_steady, 1),
        "answers_during_swaps": len(swapping),
        "p99_milliseconds_during_swaps": round(p99_swapping, 1),
        "ratio_of_p99": round(p99_swapping / p99_steady, 2),
    }


def _swap(store: ModelStore, version: str) -> tuple[float, float]:
    trained_at = store.manifest(version).created_at.timestamp()
    begun = time.monotonic()
    store.set_champion(version)
    wait_for(lambda: _served() == [trained_at] * 2, what=f"{version} in every worker")
    return begun, time.monotonic()


def _check_answers(
    load: Load, store: ModelStore, versions: tuple[str, str], inputs: NDArray[np.float64]
) -> None:
    """Price, interval and version of each answer are those of one version, asked in this process."""
    expected = {}
    for version in versions:
        model = ServedModel.load(store, version)
        for index in range(INPUTS):
            answers = model.answer(inputs[index : index + 1])
            expected[version, index] = (answers.predicted[0], answers.lower[0], answers.upper[0])
    seen = set()
    for answer in load.answers:
        content = answer.content
        version, interval = content["model_version"], content["interval"]
        given = (content["prediction"], interval["lower"], interval["upper"])
        assert given == pytest.approx(expected[version, answer.index], abs=1e-9)
        seen.add(version)
    assert seen == set(versions)


def _served() -> list[float]:
    """When the oldest and the newest version that living workers serve were trained."""
    collected()  # takes away what dead workers left
    files = [str(path) for path in metric_folder().glob(LIVE_FILES)]
    merged = MultiProcessCollector.merge(files)
    samples = {sample.name: sample.value for family in merged for sample in family.samples}
    return [samples[name] for name in BOUNDS if name in samples]


def _scraped(settings: Settings) -> dict[str, float]:
    # Soon given up and asked again: a stopped worker may have taken the connection.
    url = f"{settings.addresses.backend_url}/metrics"
    series = wait_for(lambda: scrape(url, GIVE_UP_SECONDS), what="a scrape")
    return {name: value for (name, _), value in series.items()}
