"""The Open Inference Protocol and MLflow's: what they say of the model, and one answer."""

from backend.contract.predictions import EXAMPLE, FEATURES
from backend.contract.protocols.open_inference import (
    InferenceModel,
    InferenceServer,
    InferResponse,
    ModelReady,
    ServerLive,
    ServerReady,
)
from backend.contract.protocols.scoring import InvocationsResponse, Ping
from backend.demo_api.walk import Connection, Step, demand
from storage.domain.table import TABLE
from storage.domain.written import written

MODEL = f"/v2/models/{TABLE.name}"
ROUTE = "/v2/models/<model_name>"
VERSION_ROUTE = f"{ROUTE}/versions/<version>"
INPUTS = [
    {
        "name": feature.name,
        "shape": [1, 1],
        "datatype": "BYTES" if feature.is_category else "FP64",
        "data": [EXAMPLE[feature.name]],
    }
    for feature in FEATURES
]


def server(connection: Connection) -> str:
    """GET /v2"""
    answer = connection.get(InferenceServer, "/v2")
    return f"{answer.name} {answer.version}"


def live(connection: Connection) -> str:
    """GET /v2/health/live"""
    return f"live: {connection.get(ServerLive, '/v2/health/live').live}"


def ready(connection: Connection) -> str:
    """GET /v2/health/ready"""
    return f"ready: {connection.get(ServerReady, '/v2/health/ready').ready}"


def model(connection: Connection) -> str:
    """GET the model"""
    return f"versions: {', '.join(_model(connection).versions)}"


def model_version(connection: Connection) -> str:
    """GET the model's version"""
    found = connection.get(InferenceModel, _version(connection))
    connection.refused("GET", f"{MODEL}/versions/none", 404)
    return f"{len(found.inputs)} inputs"


def model_ready(connection: Connection) -> str:
    """GET whether the model is ready"""
    return f"ready: {connection.get(ModelReady, f'{MODEL}/ready').ready}"


def version_ready(connection: Connection) -> str:
    """GET whether the version is ready"""
    return f"ready: {connection.get(ModelReady, f'{_version(connection)}/ready').ready}"


def infer(connection: Connection) -> str:
    """POST infer"""
    return _inferred(connection, MODEL)


def infer_version(connection: Connection) -> str:
    """POST infer to a version"""
    connection.refused("POST", f"{_version(connection)}/infer", 400, {"inputs": []})
    return _inferred(connection, _version(connection))


def _inferred(connection: Connection, path: str) -> str:
    answer = connection.post(InferResponse, f"{path}/infer", {"id": "order-17", "inputs": INPUTS})
    demand(answer.id == "order-17", f"the id is {answer.id}")
    (value,) = answer.outputs[0].data or [0.0]
    return written(float(value))


def _model(connection: Connection) -> InferenceModel:
    return connection.get(InferenceModel, MODEL)


def _version(connection: Connection) -> str:
    return f"{MODEL}/versions/{_model(connection).versions[0]}"


def ping(connection: Connection) -> str:
    """GET /ping"""
    return f"ready: {connection.get(Ping, '/ping').ready}"


def mlflow_version(connection: Connection) -> str:
    """GET /version"""
    said = connection.raw("GET", "/version").text
    demand(said.replace(".", "").isdigit(), f"the version is {said}")
    return f"MLflow {said}"


def invocations(connection: Connection) -> str:
    """POST /invocations"""
    connection.refused("POST", "/invocations", 400, {"dataframe_records": []})
    answer = connection.post(InvocationsResponse, "/invocations", {"dataframe_records": [EXAMPLE]})
    return written(answer.predictions[0])


STEPS: tuple[Step, ...] = (
    Step("GET /v2", "another protocol", server),
    Step("GET /v2/health/live", "alive?", live),
    Step("GET /v2/health/ready", "ready?", ready),
    Step(f"GET {ROUTE}", "which inputs?", model),
    Step(f"GET {ROUTE}/ready", "is it served?", model_ready),
    Step(f"POST {ROUTE}/infer", "one answer", infer),
    Step(f"GET {VERSION_ROUTE}", "a version", model_version),
    Step(f"GET {VERSION_ROUTE}/ready", "is it served?", version_ready),
    Step(f"POST {VERSION_ROUTE}/infer", "one answer", infer_version),
    Step("GET /ping", "a third protocol", ping),
    Step("GET /version", "of which MLflow?", mlflow_version),
    Step("POST /invocations", "one answer", invocations),
)
