"""What-if questions, of one row and of the model in general; nothing is logged."""

from flask import Blueprint, Response, g, request

from backend.contract.counterfactuals import CounterfactualsRequest
from backend.contract.dependence import InteractionQuery
from backend.contract.what_if import NearestQuery, SensitivityQuery
from backend.services import current_services
from backend.serving import what_if
from backend.serving.counterfactuals import find_counterfactuals
from backend.serving.dependence import answers_of_two
from backend.serving.served_model import ServedModel
from backend.web.answers import answer
from backend.web.validation import read_body, read_query
from storage.domain.inputs import HousingFeatures

blueprint = Blueprint("what_if", __name__)


@blueprint.post("/sensitivity")
def sensitivity() -> Response:
    """Return the value along each input with the others fixed; ?feature= selects one input."""
    query = read_query(SensitivityQuery, request.args)
    features, model = _read()
    return answer(what_if.sensitivity(model, features, query.feature, query.points))


@blueprint.post("/nearest_districts")
def nearest_districts() -> Response:
    """Return the training rows nearest to the inputs, with their recorded values."""
    query = read_query(NearestQuery, request.args)
    features, model = _read()
    return answer(what_if.nearest_districts(model, features, query.number))


@blueprint.post("/counterfactuals")
def counterfactuals() -> Response:
    """Return what would have to change for the prediction to reach a goal, near the training data."""
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    asked = read_body(CounterfactualsRequest, limit_bytes, services.metrics)
    model = services.host.current()
    g.model_version = model.manifest.version
    return answer(find_counterfactuals(model, asked))


@blueprint.get("/dependence")
def dependence() -> Response:
    """Return the mean prediction along each input over training rows, with its spread and importance."""
    services = current_services()
    return answer(services.general_answers.curves(services.host.current()))


@blueprint.get("/interaction")
def interaction() -> Response:
    """Return the mean prediction along two inputs, and how strongly they act on each other."""
    query = read_query(InteractionQuery, request.args)
    return answer(answers_of_two(current_services().host.current(), query.first, query.second))


def _read() -> tuple[HousingFeatures, ServedModel]:
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    features = read_body(HousingFeatures, limit_bytes, services.metrics)
    model = services.host.current()
    g.model_version = model.manifest.version
    return features, model
