"""What the service says of itself, with a model and without one."""

from pathlib import Path

from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from backend.app import create_app
from backend.contract.service import InfoResponse, SupervisedProcess
from backend.metrics.metrics import Metrics
from backend.serving.model_host import ModelHost
from backend.supervisor.states import ProcessStates, write_states
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.models.store import MODEL, ModelStore
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.system import bearer
from tests.versions import overwrite


def test_root_lists_every_endpoint(http: FlaskClient) -> None:
    body = http.get("/").json
    assert body is not None
    assert body["message"] == "California housing price prediction API"
    assert {"POST /predict", "POST /predict_batch", "GET /metrics"} <= body["endpoints"].keys()
    assert all(body["endpoints"].values())


def test_info_describes_the_served_model(http: FlaskClient) -> None:
    body = http.get("/info").json
    assert body is not None
    assert body["features"] == list(FEATURE_NAMES)
    assert body["n_features"] == 8
    assert body["model_loaded"] is body["scaler_loaded"] is True
    assert body["model_parameters"]
    assert body["metrics"]


def test_info_names_the_table_that_the_model_learned_from(
    http: FlaskClient, service_settings: Settings
) -> None:
    champion = ModelStore(service_settings.paths).champion()
    body = InfoResponse.model_validate(http.get("/info").json)
    assert (body.table, body.dataset_sha256) == (champion.table, champion.dataset_sha256)


def test_schema_describes_a_request_that_works(http: FlaskClient) -> None:
    body = http.get("/schema").json
    assert body is not None
    assert set(body["schema"]) == {
        "HousingFeatures",
        "PredictionRequest",
        "BatchPredictionRequest",
    }
    assert body["schema"]["HousingFeatures"]["required"] == list(FEATURE_NAMES)
    assert http.post("/predict", json=body["example"]).status_code == 200


def test_metrics_count_what_happened(http: FlaskClient) -> None:
    http.post("/predict", json=EXAMPLE)
    http.post("/predict_batch", json={"instances": [EXAMPLE] * 4})
    http.post("/predict", json=EXAMPLE | {"MedInc": "much"})
    http.post("/predict", json=EXAMPLE | {"client made this up": 1})
    text = http.get("/metrics").get_data(as_text=True)
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    predictions = [value for key, value in samples.items() if key[0] == "ml_predictions_total"]
    assert predictions == [5.0]
    assert samples["api_requests_total", "/predict", "POST", "200"] == 1
    assert samples["api_requests_total", "/predict", "POST", "400"] == 2
    assert samples["input_validation_errors_total", "MedInc"] == 1
    assert samples["input_validation_errors_total", "unknown"] == 1
    assert samples[("ml_prediction_duration_seconds_count",)] == 2
    assert "made this up" not in text


def test_health_shows_the_processes_and_their_lines_to_those_who_may_read(
    service_settings: Settings,
) -> None:
    http = create_app(changed(service_settings, require_key=True)).test_client()
    alone = http.get("/health").json
    assert alone is not None
    assert alone["processes"] is None
    worker = SupervisedProcess(
        name="worker",
        state="failing",
        restarts=4,
        since=utc_now(),
        last_end="exit code 1",
        last_lines=["The disk is full."],
    )
    states = ProcessStates(written_at=utc_now(), processes=[worker])
    write_states(service_settings.paths.process_states, states)
    shown = {}
    for key in ("", "see", "of another system"):
        headers = bearer(key) if key else {}
        body = http.get("/health", headers=headers).json
        assert body is not None
        [shown[key]] = body["processes"]
    assert shown["see"] == worker.model_dump(mode="json")
    assert shown[""] == shown["of another system"] == shown["see"] | {"last_lines": []}


def test_without_a_model_the_service_is_up_and_says_so(settings: Settings) -> None:
    http = create_app(settings).test_client()
    health = http.get("/health")
    assert health.status_code == 503
    assert health.json is not None
    assert health.json["status"] == "unhealthy"
    assert "make train" in health.json["message"]
    assert http.get("/health/live").status_code == 200
    assert http.post("/predict", json=EXAMPLE).status_code == 503
    assert http.get("/info").status_code == 503


def test_a_damaged_model_is_refused_and_the_old_one_stays(
    champion_settings: Settings, caplog: object
) -> None:
    store = ModelStore(champion_settings.paths)
    host = ModelHost(store, Metrics(CollectorRegistry()))
    assert host.refresh()
    old = host.current()
    damaged = _copy_version(store, old.manifest.version, "damaged")
    champion_settings.paths.champion_pointer.write_text(
        champion_settings.paths.champion_pointer.read_text().replace(
            old.manifest.version, "damaged", 1
        )
    )
    content = bytearray((damaged / MODEL).read_bytes())
    content[len(content) // 2] ^= 1
    overwrite(damaged / MODEL, bytes(content))
    assert not host.refresh()
    assert host.current() is old
    assert host.refused_version == "damaged"


def test_a_new_champion_is_served_without_a_restart(champion_settings: Settings) -> None:
    store = ModelStore(champion_settings.paths)
    host = ModelHost(store, Metrics(CollectorRegistry()))
    host.refresh()
    _copy_version(store, host.current().manifest.version, "newer")
    store.set_champion("newer")
    assert host.refresh()
    assert host.current().manifest.version == "newer"
    assert not host.refresh()


def test_off_the_loopback_reading_needs_a_key_and_health_does_not(
    champion_settings: Settings,
) -> None:
    everywhere = "0.0.0.0"  # noqa: S104 # set, not bound
    settings = changed(champion_settings, backend_host=everywhere, viewer_key="see")
    http = create_app(settings).test_client()
    assert http.get("/health").status_code == 200
    assert http.get("/health", headers={"Authorization": "Bearer old"}).status_code == 200
    assert http.get("/info").status_code == 401
    assert http.post("/predict", json=EXAMPLE).status_code == 401
    allowed = {"Authorization": "Bearer see"}
    assert http.post("/predict", json=EXAMPLE, headers=allowed).status_code == 200


def _copy_version(store: ModelStore, version: str, name: str) -> Path:
    manifest = store.manifest(version)
    files = {file: store.read(version, file) for file in manifest.checksums}
    store.publish(manifest.model_copy(update={"version": name}), files)
    return store.folder(name)
