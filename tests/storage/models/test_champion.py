"""Promotion and rollback by hand: what moves the pointer, what is refused, and two at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.domain.inputs import FEATURE_NAMES
from storage.errors import PointerUnavailable, RecordNotFound, StateConflict
from storage.models.champion import ChampionSwitch
from storage.models.store import METRICS, MODEL, SCALER, TRAINING_INPUTS, ModelStore
from storage.schema.manifest import LearnedTable, ModelManifest
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.versions import spoil

VERSIONS = ("a", "b", "c")


@pytest.fixture
def store(settings: Settings) -> ModelStore:
    """Three versions, of which b serves and a did before."""
    store = ModelStore(settings.paths)
    for name in VERSIONS:
        publish(store, name)
    store.set_champion("a")
    store.set_champion("b")
    return store


@pytest.fixture
def switch(store: ModelStore) -> ChampionSwitch:
    return ChampionSwitch(store, store.verify)


def publish(
    store: ModelStore,
    name: str,
    inputs: tuple[str, ...] = FEATURE_NAMES,
    dataset_sha256: str = "",
    table: LearnedTable | None = None,
) -> None:
    manifest = ModelManifest(
        version=name,
        model_name="test",
        model_type="Test",
        created_at=utc_now(),
        feature_names=inputs,
        parameters={},
        metrics={},
        dataset_sha256=dataset_sha256,
        table=table,
        checksums={},
    )
    files = (MODEL, METRICS, SCALER, TRAINING_INPUTS)
    store.publish(manifest, {file: f"{file} of {name}".encode() for file in files})


def pointed(store: ModelStore) -> tuple[str, str | None]:
    pointer = store.champion_pointer()
    assert pointer is not None
    return pointer.version, pointer.previous


def test_promotion_and_rollback_move_the_pointer_and_what_follows_it(
    store: ModelStore, switch: ChampionSwitch, settings: Settings
) -> None:
    assert switch.promote("c", expected="b").replaced == "b"
    assert pointed(store) == ("c", "b")
    assert settings.paths.best_model.read_bytes() == b"model.pkl of c"
    back = switch.roll_back(expected="c")
    assert (back.pointer.version, back.replaced) == ("b", "c")
    assert pointed(store) == ("b", "a")
    assert settings.paths.best_model.read_bytes() == b"model.pkl of b"
    assert settings.paths.scaler.read_bytes() == b"scaler.pkl of b"
    assert switch.roll_back().pointer.version == "a"
    with pytest.raises(StateConflict, match="no earlier champion"):
        switch.roll_back()
    assert store.way_back().rolled_back == {"b", "c"}


def test_what_makes_no_sense_changes_nothing(store: ModelStore, switch: ChampionSwitch) -> None:
    with pytest.raises(RecordNotFound, match="no model version nowhere"):
        switch.promote("nowhere")
    with pytest.raises(RecordNotFound):
        switch.promote("../a")
    with pytest.raises(StateConflict, match="b is already the champion"):
        switch.promote("b")
    with pytest.raises(StateConflict, match="The champion is now b, not a"):
        switch.promote("c", expected="a")
    with pytest.raises(StateConflict, match="The champion is now b, not c"):
        switch.roll_back(expected="c")
    assert pointed(store) == ("b", "a")


def test_a_damaged_version_is_not_pointed_at(store: ModelStore, switch: ChampionSwitch) -> None:
    for version in ("a", "c"):
        spoil(store.folder(version) / SCALER)
    with pytest.raises(StateConflict, match=r"c cannot serve: scaler\.pkl .* does not match"):
        switch.promote("c")
    with pytest.raises(StateConflict, match=r"scaler\.pkl .* Promote another version"):
        switch.roll_back()
    assert pointed(store) == ("b", "a")


def test_a_version_for_other_inputs_is_not_pointed_at(
    store: ModelStore, switch: ChampionSwitch
) -> None:
    publish(store, "foreign", inputs=("Rooms", "Doors"))
    with pytest.raises(StateConflict, match="trained on other inputs: Rooms, Doors"):
        switch.promote("foreign")


def test_there_is_no_way_back_from_the_first_or_to_a_deleted_one(settings: Settings) -> None:
    store = ModelStore(settings.paths)
    switch = ChampionSwitch(store, store.verify)
    with pytest.raises(StateConflict, match="no earlier champion"):
        switch.roll_back()
    publish(store, "a")
    publish(store, "b")
    switch.promote("a")
    with pytest.raises(StateConflict, match="no earlier champion"):
        switch.roll_back()
    switch.promote("b")
    (store.folder("a") / "manifest.json").unlink()
    with pytest.raises(StateConflict, match="was deleted; promote another version"):
        switch.roll_back()
    assert pointed(store) == ("b", "a")


def test_promotion_mends_a_pointer_that_cannot_be_read(
    store: ModelStore, switch: ChampionSwitch, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.paths.champion_pointer.write_text("{torn")
    with pytest.raises(StateConflict, match="promote a version"):
        switch.roll_back()
    assert switch.promote("b").pointer.version == "b"
    assert pointed(store) == ("b", "a")
    assert "taken from champion_history.json" in caplog.text


def test_pointing_again_at_the_champion_keeps_the_way_back(store: ModelStore) -> None:
    store.set_champion("b")
    assert pointed(store) == ("b", "a")


def test_of_two_at_once_none_is_lost(store: ModelStore, settings: Settings) -> None:
    names = [f"v{number}" for number in range(8)]
    for name in names:
        publish(store, name)
    with ThreadPoolExecutor(4) as pool:
        stores = [ModelStore(settings.paths) for _ in names]
        moved = list(
            pool.map(lambda pair: pair[0].set_champion(pair[1]), zip(stores, names, strict=True))
        )
    # Each was made of what the one before it had made: a chain from b to the champion, through all of them.
    before = {pointer.previous: pointer.version for pointer in moved}
    version, passed = "b", []
    while version in before:
        version = before[version]
        passed.append(version)
    assert sorted(passed) == names
    assert pointed(store)[0] == version


def test_of_two_clicks_on_rollback_one_counts(switch: ChampionSwitch, store: ModelStore) -> None:
    assert switch.roll_back(expected="b").pointer.version == "a"
    with pytest.raises(StateConflict, match="The champion is now a"):
        switch.roll_back(expected="b")
    assert pointed(store) == ("a", None)


def test_a_pointer_that_cannot_be_written_stays(
    switch: ChampionSwitch, store: ModelStore, settings: Settings
) -> None:
    lock = settings.paths.champion_lock
    lock.unlink()
    lock.mkdir()
    with pytest.raises(PointerUnavailable, match="the champion stays"):
        switch.promote("c")
    assert pointed(store) == ("b", "a")


def test_files_with_fixed_names_that_cannot_follow_are_told_and_stop_nothing(
    switch: ChampionSwitch, store: ModelStore, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.paths.best_model.unlink()
    settings.paths.best_model.mkdir()
    assert switch.promote("c").pointer.version == "c"
    assert pointed(store) == ("c", "b")
    assert "fixed names could not be updated to c" in caplog.text
