"""GET /table: what the served version learned from, without reading a row."""

from flask.testing import FlaskClient

from backend.contract.data import TableResponse
from storage.domain.inputs import FEATURE_NAMES
from storage.models.store import TABLE_PROFILE, ModelStore
from storage.schema.learned_split import LearnedSplit
from storage.settings import Settings
from tests.versions import overwrite, rewrite_manifest


def read(http: FlaskClient) -> TableResponse:
    answer = http.get("/table")
    assert answer.status_code == 200
    return TableResponse.model_validate(answer.json)


def test_the_table_of_the_served_version_is_described(
    http: FlaskClient, service_settings: Settings
) -> None:
    champion, found = ModelStore(service_settings.paths).champion(), read(http)
    assert found.model_version == champion.version
    assert (found.table, found.dataset_sha256) == (champion.table, champion.dataset_sha256)
    assert [column.name for column in found.inputs] == list(FEATURE_NAMES)
    assert found.reason is None
    assert found.split is not None
    assert found.table is not None
    assert sum(part.rows for part in found.split.parts) == found.table.rows
    for column in [*found.inputs, found.target]:
        assert column.found is not None
        assert column.found.histogram is not None
        assert sum(column.found.histogram.counts) == found.table.rows - column.found.missing
        assert column.accepted is not None


def test_where_rows_were_split_by_time_is_said(
    http: FlaskClient, service_settings: Settings
) -> None:
    assert read(http).validation_from is None
    store = ModelStore(service_settings.paths)
    split = LearnedSplit(kind="time", validation_from="2024-11-16", test_from="2025-02-04")
    rewrite_manifest(store, store.champion().version, split=split)
    found = read(http)
    assert (found.validation_from, found.test_from) == ("2024-11-16", "2025-02-04")


def test_a_version_that_counted_nothing_says_so_and_describes_its_columns(
    http: FlaskClient, service_settings: Settings
) -> None:
    store = ModelStore(service_settings.paths)
    champion = store.champion()
    others = {name: one for name, one in champion.checksums.items() if name != TABLE_PROFILE}
    rewrite_manifest(store, champion.version, checksums=others, doubts=["odd"])
    found = read(http)
    assert found.reason is not None
    assert "next training" in found.reason
    assert found.split is None
    assert [column.found for column in found.inputs] == [None] * len(FEATURE_NAMES)
    assert found.target.label == "Price"


def test_a_damaged_profile_is_refused_with_its_name(
    http: FlaskClient, service_settings: Settings
) -> None:
    store = ModelStore(service_settings.paths)
    version = store.champion().version
    overwrite(store.folder(version) / TABLE_PROFILE, b"{}")
    answer = http.get("/table")
    assert answer.status_code == 409
    assert TABLE_PROFILE in (answer.json or {})["error"]
