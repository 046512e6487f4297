"""The id of a new version: by time, and never one that there is."""

from datetime import UTC, datetime, timedelta

from storage.models.store import ModelStore
from storage.settings import Settings
from training.publishing.publish import free_version_id, version_id

NOW = datetime(2026, 11, 30, 19, 14, 39, tzinfo=UTC)
MODEL = b"the same model"


def test_the_same_model_in_the_same_second_is_a_version_of_its_own(settings: Settings) -> None:
    store = ModelStore(settings.paths)
    found = []
    for _ in range(3):
        found.append(free_version_id(store, MODEL, NOW))
        store.folder(found[-1]).mkdir(parents=True)
    assert found == [version_id(MODEL, NOW + timedelta(seconds=later)) for later in range(3)]
    assert found == sorted(found), "the newest comes last"
    assert free_version_id(store, b"another", NOW) == version_id(b"another", NOW)
