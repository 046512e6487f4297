"""A version says with which libraries it was trained, and a difference is said in one sentence."""

import platform

from storage.models.libraries import difference, libraries, libraries_note
from storage.models.store import MANIFEST, ModelStore
from storage.settings import Settings
from storage.version import VERSION
from tests.storage.models.test_champion import publish
from tests.versions import overwrite


def test_the_installed_ones_are_named() -> None:
    found = libraries()
    assert found["python"] == platform.python_version()
    assert found["california-housing"] == VERSION
    assert {"numpy", "scikit-learn", "numba", "pandas", "joblib"} <= found.keys()
    assert difference(found, found) is None


def test_each_difference_is_named_once() -> None:
    note = difference({"numpy": "1", "numba": "2", "gone": "3"}, {"numpy": "4", "numba": "5"})
    assert note == "was trained with numpy 1, numba 2 and is used with 4, 5"


def test_a_manifest_of_an_earlier_or_a_later_release_is_read(settings: Settings) -> None:
    store = ModelStore(settings.paths)
    publish(store, "a")
    path = store.folder("a") / MANIFEST
    earlier = store.manifest("a").model_dump_json(exclude={"libraries"})
    overwrite(path, earlier.encode())
    assert libraries_note(store.manifest("a")) is None
    overwrite(path, earlier.replace("{", '{"field_of_tomorrow": 1, ', 1).encode())
    assert store.manifest("a").version == "a"
