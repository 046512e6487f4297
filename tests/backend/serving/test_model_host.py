"""What the host refuses, that the old version stays, and that it recovers once the damage is mended."""

import json
import shutil
from collections.abc import Callable

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from backend.metrics.metrics import Metrics
from backend.services import EXTENSION, Services
from backend.serving.model_host import ModelHost
from storage.models.pickles import pickled
from storage.models.store import INTERVALS, MANIFEST, MODEL, REFERENCE_PROFILE, ModelStore
from storage.process.atomic_files import write_atomically
from storage.schema.manifest import ChampionPointer
from storage.settings import Settings
from tests.versions import overwrite, publish_dearer, publish_unloadable, spoil

Damage = Callable[[ModelStore, str], None]


class Foreign:
    """Unpickling it fails as that of another program's class does."""

    def __reduce__(self) -> tuple[object, ...]:
        return json.loads, ("no such thing",)


def wrong_checksum(store: ModelStore, version: str) -> None:
    spoil(store.folder(version) / MODEL)


def missing_file(store: ModelStore, version: str) -> None:
    (store.folder(version) / INTERVALS).unlink()


def missing_version(store: ModelStore, version: str) -> None:
    shutil.rmtree(store.folder(version))


def unreadable_manifest(store: ModelStore, version: str) -> None:
    overwrite(store.folder(version) / MANIFEST, b'{"version": "torn')


def other_features(store: ModelStore, version: str) -> None:
    manifest = store.manifest(version).model_copy(update={"feature_names": ("Rooms", "Doors")})
    overwrite(store.folder(version) / MANIFEST, manifest.model_dump_json().encode())


def other_manifest(store: ModelStore, version: str) -> None:
    manifest = store.manifest(version).model_copy(update={"version": "elsewhere"})
    overwrite(store.folder(version) / MANIFEST, manifest.model_dump_json().encode())


def foreign_pickle(store: ModelStore, version: str) -> None:
    _replace(store, version, MODEL, pickled(Foreign()))


def not_a_model(store: ModelStore, version: str) -> None:
    _replace(store, version, MODEL, pickled({"not": "a pipeline"}))


def of_another_release(store: ModelStore, version: str) -> None:
    publish_unloadable(store, version, "other")
    _replace(store, version, MODEL, store.read("other", MODEL))


def not_a_profile(store: ModelStore, version: str) -> None:
    _replace(store, version, REFERENCE_PROFILE, b"not arrays")


DAMAGES: dict[Damage, str] = {
    wrong_checksum: "does not match the checksum",
    missing_file: "intervals.pkl of version new is missing",
    missing_version: "There is no model version new",
    unreadable_manifest: "manifest.json of version new cannot be read",
    other_features: "trained on other inputs: Rooms, Doors",
    other_manifest: "manifest belongs to version elsewhere",
    foreign_pickle: "new cannot be loaded by release",
    not_a_model: "new cannot be loaded by release",
    of_another_release: "new cannot be loaded by release",
    not_a_profile: "reference profile cannot be read",
}


@pytest.fixture
def services(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


@pytest.fixture
def store(service_settings: Settings) -> ModelStore:
    return ModelStore(service_settings.paths)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_bad_version_is_refused_with_its_reason_and_the_old_one_serves(
    app: Flask,
    services: Services,
    store: ModelStore,
    damage: Damage,
    caplog: pytest.LogCaptureFixture,
) -> None:
    host = services.host
    old = host.current()
    publish_dearer(store, old.manifest.version, "new")
    kept = shutil.copytree(store.folder("new"), store.folder("new").with_name("kept"))
    damage(store, "new")
    _point(services.settings, "new")
    for _ in range(3):  # however often it looks, it says so once
        assert not host.refresh()
    assert host.current() is old
    health = app.test_client().get("/health").json
    assert health is not None
    assert health["status"] == "healthy"
    assert health["model_version"] == old.manifest.version
    assert health["refused_version"] == "new"
    assert DAMAGES[damage] in health["refused_reason"]
    assert "Version new was refused" in health["message"]
    assert str(services.settings.runtime_directory) not in health["refused_reason"]
    refusals = [line for line in caplog.messages if "Version new was refused" in line]
    assert len(refusals) == 1
    assert DAMAGES[damage] in refusals[0]
    assert _load_failures(services.metrics) == 1
    # The same version, mended, is served.
    shutil.rmtree(store.folder("new"), ignore_errors=True)
    shutil.copytree(kept, store.folder("new"))
    assert host.refresh()
    assert host.current().manifest.version == "new"
    assert host.refusal is None


def test_pointing_back_takes_the_refusal_back(services: Services, store: ModelStore) -> None:
    host = services.host
    old = host.current()
    publish_dearer(store, old.manifest.version, "new")
    wrong_checksum(store, "new")
    _point(services.settings, "new")
    host.refresh()
    assert host.refused_version == "new"
    _point(services.settings, old.manifest.version)
    assert not host.refresh()
    assert host.refusal is None
    assert host.current() is old


@pytest.mark.parametrize("content", [b"", b"{torn", b"[]", b"\xff\xfe", b'{"version": 7}', None])
def test_a_pointer_that_cannot_be_read_leaves_the_old_version(
    app: Flask, services: Services, content: bytes | None
) -> None:
    host, pointer = services.host, services.settings.paths.champion_pointer
    old, whole = host.current(), pointer.read_bytes()
    if content is None:
        pointer.unlink()
    else:
        pointer.write_bytes(content)
    for _ in range(3):
        assert not host.refresh()
    assert host.current() is old
    health = app.test_client().get("/health").json
    assert health is not None
    assert health["model_version"] == old.manifest.version
    assert health["message"].startswith("The champion pointer was refused")
    assert "promote a version again" in health["refused_reason"]
    assert _load_failures(services.metrics) == 1
    pointer.write_bytes(whole)
    host.refresh()
    assert host.refusal is None


def test_a_name_that_leaves_the_store_is_refused(services: Services) -> None:
    _point(services.settings, "../../elsewhere")
    assert not services.host.refresh()
    assert services.host.refusal is not None
    assert "no model version with this name" in services.host.refusal.reason


def test_without_an_older_version_the_service_says_what_was_refused(
    champion_settings: Settings,
) -> None:
    store = ModelStore(champion_settings.paths)
    version = store.champion().version
    spoil(store.folder(version) / MODEL)
    host = ModelHost(store, Metrics(CollectorRegistry()))
    assert not host.refresh()
    with pytest.raises(Exception, match=f"Version {version} was refused: .*checksum"):
        host.current()


@pytest.mark.parametrize("moved_by_hand", [False, True])
def test_at_its_start_it_serves_the_newest_that_served_and_loads(
    champion_settings: Settings, moved_by_hand: bool
) -> None:
    store = ModelStore(champion_settings.paths)
    first = store.champion().version
    publish_dearer(store, first, "newer")
    for version in ("unloadable", "champion"):
        publish_unloadable(store, first, version)
    for version in ("newer", "unloadable"):
        store.set_champion(version)
    if moved_by_hand:
        _point(champion_settings, "champion")
    else:
        store.set_champion("champion")
    metrics = Metrics(CollectorRegistry())
    host = ModelHost(store, metrics)
    assert host.refresh()
    assert (host.current().manifest.version, host.refused_version) == ("newer", "champion")
    for _ in range(2):  # it tries the others once, and goes on
        assert not host.refresh()
    assert _load_failures(metrics) == 1
    store.set_champion(first)
    assert host.refresh()
    assert (host.current().manifest.version, host.refusal) == (first, None)


@pytest.mark.parametrize("content", [b"{torn", b""])
def test_at_its_start_it_serves_what_a_torn_pointer_named(
    champion_settings: Settings, content: bytes
) -> None:
    store = ModelStore(champion_settings.paths)
    first = store.champion().version
    store.set_champion(publish_dearer(store, first, "newer").version)
    champion_settings.paths.champion_pointer.write_bytes(content)
    host = ModelHost(store, Metrics(CollectorRegistry()))
    assert host.refresh()
    assert host.current().manifest.version == "newer"
    assert host.refusal is not None


def test_a_swap_shows_in_the_metrics(services: Services, store: ModelStore) -> None:
    old = services.host.current().manifest
    new = publish_dearer(store, old.version, "new")
    store.set_champion("new")
    assert services.host.refresh()
    for bound in ("lowest", "highest"):
        shown = _metric(services.metrics, f"ml_champion_trained_{bound}_timestamp_seconds")
        assert shown == new.created_at.timestamp()
    assert _metric(services.metrics, "ml_model_swaps_total") == 2


def _point(settings: Settings, version: str) -> None:
    pointer = ChampionPointer(version=version)
    write_atomically(settings.paths.champion_pointer, pointer.model_dump_json().encode())


def _replace(store: ModelStore, version: str, name: str, content: bytes) -> None:
    manifest = store.manifest(version)
    files = {file: store.read(version, file) for file in manifest.checksums}
    shutil.rmtree(store.folder(version))
    store.publish(manifest, files | {name: content})


def _load_failures(metrics: Metrics) -> float:
    return _metric(metrics, "ml_model_load_failures_total")


def _metric(metrics: Metrics, name: str) -> float:
    (value,) = [
        sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
        if sample.name == name
    ]
    return value
