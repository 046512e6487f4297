"""The Open Inference Protocol, version 2, under /v2: the same service, log and checks as /predict."""

from flask import Blueprint, Response, abort, g, request

from backend.contract.predictions import caller_of
from backend.contract.protocols.open_inference import (
    InferenceServer,
    InferRequest,
    ModelReady,
    ServerLive,
    ServerReady,
)
from backend.contract.service import SERVICE_MESSAGE
from backend.protocols.open_inference import MODEL_NAME, answered, described, rows_of
from backend.routes.inputs import read_rows
from backend.routes.logged import logged
from backend.services import current_services
from backend.serving.prediction_service import ModelAnswers
from backend.serving.served_model import ServedModel
from backend.serving.stage_clock import MODEL, PARSE
from backend.web.answers import answer
from backend.web.encoded_body import meant
from backend.web.validation import counted_problems, parsed
from storage.errors import InvalidInput, RecordNotFound
from storage.version import VERSION

blueprint = Blueprint("open_inference", __name__)

JSON_LENGTH = "Inference-Header-Content-Length"
BINARY = "application/octet-stream"
TYPES = ("", "application/json", BINARY)
"""Of a body; Triton's client names none for JSON alone."""
EXTENSIONS = ["binary_tensor_data"]
PATH = "/v2/models/<model_name>"
VERSION_PATH = f"{PATH}/versions/<version>"


@blueprint.get("/v2")
def server() -> Response:
    """Describe the service by the Open Inference Protocol."""
    return answer(InferenceServer(name=SERVICE_MESSAGE, version=VERSION, extensions=EXTENSIONS))


@blueprint.get("/v2/health/live")
def live() -> Response:
    """Check that this process is running, by the Open Inference Protocol."""
    return answer(ServerLive(live=True))


@blueprint.get("/v2/health/ready")
def ready() -> Response:
    """Check whether a model is loaded and predictions can be logged, by the Open Inference Protocol."""
    can_predict = current_services().can_predict()
    return answer(ServerReady(ready=can_predict), 200 if can_predict else 503)


@blueprint.get(PATH, endpoint="model")
@blueprint.get(VERSION_PATH, endpoint="model_version")
def model(model_name: str, version: str | None = None) -> Response:
    """Describe the served model by the Open Inference Protocol: its inputs in order, and its outputs."""
    return answer(described(_served(model_name, version)))


@blueprint.get(f"{PATH}/ready", endpoint="model_ready")
@blueprint.get(f"{VERSION_PATH}/ready", endpoint="version_ready")
def model_ready(model_name: str, version: str | None = None) -> Response:
    """Check whether a model, or a version of it, is served: 200 if so."""
    _served(model_name, version)
    return answer(ModelReady(name=MODEL_NAME, ready=True))


@blueprint.post(f"{PATH}/infer", endpoint="infer")
@blueprint.post(f"{VERSION_PATH}/infer", endpoint="infer_version")
def infer(model_name: str, version: str | None = None) -> Response:
    """Predict for the rows of some tensors, by the Open Inference Protocol; see the how-to page."""
    services = current_services()
    _served(model_name, version)
    content, binary = _parts(services.settings.backend.request_limit_bytes)
    with counted_problems(services.metrics):
        asked = parsed(InferRequest, content)
    rows = read_rows(rows_of(asked, binary), services)
    callers = [caller_of(row, g.source) for row in rows]
    g.clock.end(PARSE)
    draft: ModelAnswers
    if len(rows) == 1:
        draft = services.predictions.draft(rows[0], callers[0])
    else:
        draft = services.predictions.draft_batch(rows, callers)
    g.clock.end(MODEL)
    body, tensors = answered(asked, draft)
    response = answer(body)
    if any(output.data is None for output in body.outputs):
        response.headers[JSON_LENGTH] = str(response.content_length)
        response.set_data(response.get_data() + tensors)
        response.mimetype = BINARY
    return logged(draft, response)


def _served(model_name: str, version: str | None) -> ServedModel:
    """Return the served model, if it is the one that is asked for."""
    served = current_services().host.current()
    if model_name != MODEL_NAME:
        raise RecordNotFound(
            f"There is no model {model_name[:100]!r}; this service has {MODEL_NAME}."
        )
    if version not in (None, served.manifest.version):
        raise RecordNotFound(
            f"Version {version[:100]!r} is not served: this service answers with its champion, version "
            f"{served.manifest.version}. Leave the version out, or promote the one you want."
        )
    return served


def _parts(limit_bytes: int) -> tuple[bytes, bytes]:
    """Return the JSON of the body, and the binary data that follow it."""
    if request.content_length is None:
        abort(411)
    if request.content_length > limit_bytes:
        abort(413)
    if request.mimetype not in TYPES:
        abort(415)
    content = meant(request.get_data(cache=False), limit_bytes)
    said = request.headers.get(JSON_LENGTH)
    if said is None:
        return content, b""
    if not said.isascii() or not said.isdecimal() or len(said) > 12 or int(said) > len(content):
        raise InvalidInput(
            f"{JSON_LENGTH} is the length of the JSON in bytes, at most that of the body ({len(content)})."
        )
    return content[: int(said)], content[int(said) :]
