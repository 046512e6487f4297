"""One version over HTTP: its figures, its verdict, another one beside it; and what is unknown or damaged."""

from dataclasses import replace

import numpy as np
import pytest
from flask.testing import FlaskClient

from backend.contract.models.registry import ModelsResponse
from backend.contract.models.version import ComparisonResponse, VersionResponse
from backend.registry import version_reports
from backend.registry.version_reports import VersionReports
from storage.models.store import HOLDOUT, INTERVALS, MANIFEST, ModelStore
from storage.retraining.queue import RetrainQueue
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.settings import changed
from tests.verdicts import close_retraining, decision
from tests.versions import champion_and_dearer, overwrite, rewrite_manifest, spoil
from training.dataset.sources import load_table
from training.dataset.splits import split
from training.evaluation.holdout import holdout_bytes, read_holdout


@pytest.fixture
def store(service_settings: Settings) -> ModelStore:
    return ModelStore(service_settings.paths)


@pytest.fixture
def versions(store: ModelStore) -> tuple[str, str]:
    """The champion, and a version that could be: its prices are 10,000 dollars higher."""
    return champion_and_dearer(store)


def read(http: FlaskClient, version: str) -> VersionResponse:
    return VersionResponse.model_validate(http.get(f"/models/{version}").json)


def compare(http: FlaskClient, version: str, against: str) -> ComparisonResponse:
    answer = http.get(f"/models/{version}/comparison?against={against}")
    return ComparisonResponse.model_validate(answer.json)


def without_holdout(store: ModelStore, version: str) -> str:
    """Publish the version once more as it was before holdouts were kept."""
    manifest = store.manifest(version)
    files = {name: store.read(version, name) for name in manifest.checksums if name != HOLDOUT}
    return store.publish(manifest.model_copy(update={"version": "older"}), files).version


def test_a_version_tells_its_figures_with_their_confidence(
    http: FlaskClient, store: ModelStore
) -> None:
    champion = store.champion()
    body = read(http, champion.version)
    assert body.version.is_champion
    assert body.files == champion.checksums
    assert body.feature_names == list(champion.feature_names)
    assert body.error.rows == len(split(load_table(), seed=0).test.open())
    for name, recorded in (("rmse", "test_rmse"), ("mae", "test_mae"), ("r2", "test_r2_score")):
        estimate = getattr(body.error, name)
        assert estimate.value == pytest.approx(champion.metrics[recorded])
        assert estimate.lower < estimate.value < estimate.upper
    assert body.error.bias is not None
    assert body.error.interval_coverage is not None
    assert body.error.interval_coverage.value == pytest.approx(body.expected_coverage, abs=0.02)
    assert body.mlflow_url is None


def test_its_own_checks_are_those_of_its_training(http: FlaskClient, store: ModelStore) -> None:
    champion = store.champion()
    assert read(http, champion.version).checks == champion.checks
    assert len(champion.checks) == 7


def test_a_version_of_a_former_release_says_that_its_places_are_off_the_grid(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    """Those of the table that comes with the repository are on it, whoever trained."""
    old, new = versions
    rewrite_manifest(store, old, table=None, doubts=["odd"])
    rewrite_manifest(store, new, table=None, dataset_sha256=64 * "0")
    assert read(http, old).version.doubts == ["odd"]
    (doubt,) = read(http, new).version.doubts
    assert doubt.startswith(
        "Trained by a release before 0.3.0: the places it knows are not rounded"
    )


def test_its_slices_say_their_rows_and_error(http: FlaskClient, store: ModelStore) -> None:
    body = read(http, store.champion().version)
    assert {one.kind for one in body.slices} == {"region", "income", "age"}
    income = [one for one in body.slices if one.kind == "income"]
    assert sum(one.rows for one in income) == body.error.rows
    errors = [one.rmse.value for one in body.slices if one.rmse is not None]
    assert errors == sorted(errors, reverse=True)


def test_the_list_has_the_interval_of_each_and_says_why_not(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    older = without_holdout(store, versions[0])
    spoil(store.folder(versions[1]) / HOLDOUT)
    listed = ModelsResponse.model_validate(http.get("/models").json).versions
    found = {one.version: one for one in listed}
    assert found[versions[0]].holdout_rmse == read(http, versions[0]).error.rmse
    assert found[versions[0]].holdout_reason is None
    assert [one.version for one in listed if one.has_served] == [versions[0]]
    assert found[older].holdout_rmse is None
    assert "before holdouts were stored" in str(found[older].holdout_reason)
    assert found[versions[1]].holdout_rmse is None
    assert "does not match the checksum" in str(found[versions[1]].holdout_reason)


def test_two_versions_are_compared_row_by_row(http: FlaskClient, versions: tuple[str, str]) -> None:
    old, new = versions
    found = compare(http, new, old)
    assert found.status == "ok"
    assert found.difference is not None
    assert found.rmse is not None
    assert found.against_rmse is not None
    assert found.rmse - found.against_rmse == pytest.approx(found.difference.value)
    assert found.difference.lower > 0, "higher prices are worse beyond doubt"
    back = compare(http, old, new)
    assert back.difference is not None
    assert back.difference.value == pytest.approx(-found.difference.value)
    judged = [one for one in found.slices if one.difference is not None]
    assert found.slice_confidence == pytest.approx(1 - 0.05 / len(judged))
    assert sum(one.rows for one in found.slices if one.kind == "age") == found.rows


def test_without_common_rows_there_is_no_comparison(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    old, new = versions
    manifest = store.manifest(new)
    files = {name: store.read(new, name) for name in manifest.checksums}
    holdout = read_holdout(files[HOLDOUT])
    moved = replace(holdout, inputs=holdout.inputs + 0.5)
    apart = manifest.model_copy(update={"version": "apart"})
    store.publish(apart, files | {HOLDOUT: holdout_bytes(moved)})
    found = compare(http, "apart", old)
    assert (found.status, found.rows, found.difference, found.slices) == (
        "not_enough_data",
        0,
        None,
        [],
    )
    assert "0 rows in common" in str(found.reason)
    older = without_holdout(store, old)
    assert "before holdouts were stored" in str(compare(http, older, new).reason)
    assert read(http, older).error.rmse is None


def test_the_gates_verdict_is_found_by_the_version(
    http: FlaskClient, store: ModelStore, service_settings: Settings, versions: tuple[str, str]
) -> None:
    old, new = versions
    decided = decision(store, new, old)
    close_retraining(service_settings, "another", decided)
    trigger = close_retraining(service_settings, new, decided)
    gate = read(http, new).gate
    assert gate is not None
    assert (gate.trigger_id, gate.judged_at) == (trigger.trigger_id, trigger.finished_at)
    assert (gate.promote, gate.champion_version, gate.source) == (False, old, "drift")
    assert [check.sentence for check in gate.checks] == [one.sentence for one in decided.checks]
    assert gate.checks[0].figures == dict(decided.checks[0].figures)
    assert gate.reason == decided.reason


def test_a_verdict_that_was_found_is_kept(
    http: FlaskClient, store: ModelStore, service_settings: Settings, versions: tuple[str, str]
) -> None:
    trigger = close_retraining(service_settings, versions[1], decision(store, *versions[::-1]))
    first = read(http, versions[1]).gate
    assert first is not None
    RetrainQueue(service_settings.paths.triggers).files.path(trigger.trigger_id, ".done").unlink()
    assert read(http, versions[1]).gate == first


def test_no_verdict_has_its_reason(
    http: FlaskClient,
    service_settings: Settings,
    versions: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    by_command_line = read(http, versions[0])
    assert by_command_line.gate is None
    assert "command line" in str(by_command_line.gate_reason)
    rewrite_manifest(ModelStore(service_settings.paths), versions[1], trigger_id="long ago")
    gone = "The record of its retraining long ago is no longer kept."
    assert read(http, versions[1]).gate_reason == gone
    trigger = close_retraining(service_settings, versions[1], None)
    unreadable = read(http, versions[1])
    assert unreadable.gate is None
    assert trigger.trigger_id in str(unreadable.gate_reason)
    assert f"The gate verdict for {versions[1]} cannot be read" in caplog.text


@pytest.mark.parametrize("path", ["nowhere", "..%2f..", "½", "x" * 300])
def test_an_unknown_version_is_a_404(http: FlaskClient, store: ModelStore, path: str) -> None:
    champion = store.champion().version
    assert_problem(http.get(f"/models/{path}"), 404)
    assert_problem(http.get(f"/models/{path}/comparison?against={champion}"), 404)
    if len(path) <= 100:
        assert_problem(http.get(f"/models/{champion}/comparison?against={path}"), 404)


@pytest.mark.parametrize("query", ["", "against=", f"against={'x' * 101}", "against=a&colour=red"])
def test_a_comparison_names_the_other_version(
    http: FlaskClient, store: ModelStore, query: str
) -> None:
    assert_problem(http.get(f"/models/{store.champion().version}/comparison?{query}"), 400)


@pytest.mark.parametrize("name", [HOLDOUT, MANIFEST])
def test_a_damaged_version_is_a_409_that_names_the_file(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str], name: str
) -> None:
    old, new = versions
    assert read(http, new).version.version == new
    path = store.folder(new) / name
    overwrite(path, b"{" if name == MANIFEST else b"no holdout")
    for asked in (f"/models/{new}", f"/models/{old}/comparison?against={new}"):
        body = assert_problem(http.get(asked), 409)
        assert f"Version {new} is damaged" in body["error"]
        assert name in body["error"]


def test_a_version_is_measured_once(
    store: ModelStore, versions: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = VersionReports(store, seed=0, slice_minimum_rows=50)
    found = (reports.error(versions[1]), reports.slices(versions[1]))
    compared = reports.comparison(*versions).model_dump(exclude={"timestamp"})
    monkeypatch.setattr(version_reports, "read_holdout", lambda _: pytest.fail("it is read again"))
    again = (reports.error(versions[1]), reports.slices(versions[1]))
    assert all(one is other for one, other in zip(found, again, strict=True))
    assert reports.comparison(*versions).model_dump(exclude={"timestamp"}) == compared


def test_wild_answers_have_no_figures_and_break_nothing(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    manifest = store.manifest(versions[1])
    files = {name: store.read(versions[1], name) for name in manifest.checksums}
    holdout = read_holdout(files[HOLDOUT])
    wild = replace(holdout, predicted=np.where(holdout.actual > 2, np.nan, holdout.predicted))
    renamed = manifest.model_copy(update={"version": "wild"})
    store.publish(renamed, files | {HOLDOUT: holdout_bytes(wild)})
    assert read(http, "wild").error.rmse is None
    assert "not finite" in str(compare(http, "wild", versions[0]).reason)


def test_the_tracking_server_is_named_without_its_password(settings: Settings) -> None:
    def told(address: str) -> str | None:
        return changed(settings, mlflow_tracking_uri=address).tracking_url

    assert told("https://me:secret@mlflow.example:5001/base") == "https://mlflow.example:5001/base"
    assert told("http://127.0.0.1:5001") == "http://127.0.0.1:5001"
    assert told("") is None


def test_the_same_answers_once_more_are_called_that(
    http: FlaskClient, store: ModelStore, versions: tuple[str, str]
) -> None:
    old, new = versions
    manifest = store.manifest(old)
    files = {name: store.read(old, name) for name in manifest.checksums}
    store.publish(manifest.model_copy(update={"version": "again"}), files)
    wider = files | {
        INTERVALS: store.read(old, INTERVALS) + b" ",
        HOLDOUT: store.read(new, HOLDOUT),
    }
    store.publish(manifest.model_copy(update={"version": "wider"}), wider)
    listed = ModelsResponse.model_validate(http.get("/models").json).versions
    expected = {old: None, new: None, "again": "identical", "wider": "same model"}
    assert {one.version: one.same_as_champion for one in listed} == expected
    assert [compare(http, one, old).sameness for one in (new, "again")] == [None, "identical"]
