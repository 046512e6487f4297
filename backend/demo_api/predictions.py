"""Predictions: one, several, explained and what-if; and invalid requests."""

import math
from urllib.parse import quote

from backend.contract.counterfactuals import CounterfactualsResponse
from backend.contract.dependence import DependenceResponse, InteractionResponse
from backend.contract.predictions import (
    EXAMPLE,
    FEATURE_NAMES,
    FEATURES,
    BatchPredictionResponse,
    PredictionResponse,
)
from backend.contract.what_if import NearestResponse, SensitivityResponse
from backend.demo_api.walk import Connection, Off, Step, demand
from storage.domain.place import HAS_PLACE
from storage.domain.promises import HIGHEST_PREDICTION
from storage.domain.target import LOWEST_ANSWER
from storage.domain.written import written

ASKED = next((feature for feature in FEATURES if not feature.missing), FEATURES[0])
"""An input that a request needs, if there is one."""


def predict(connection: Connection) -> str:
    """POST /predict"""
    answer = connection.post(PredictionResponse, "/predict", EXAMPLE)
    is_possible = LOWEST_ANSWER <= answer.prediction <= HIGHEST_PREDICTION
    demand(is_possible, f"an absurd value: {answer.prediction}")
    demand(answer.interval.lower <= answer.interval.upper, "the lower bound is above the upper")
    return (
        f"{written(answer.prediction)}, {answer.interval.coverage:.0%} between "
        f"{answer.interval.lower:.2f} and {answer.interval.upper:.2f}"
    )


def refer(connection: Connection) -> str:
    """POST /predict with the caller's own id"""
    said = {"reference": "order-17", "metadata": {"channel": "web"}}
    answer = connection.post(PredictionResponse, "/predict", EXAMPLE | said)
    demand(answer.reference == said["reference"], f"the reference is {answer.reference}")
    demand(answer.metadata == said["metadata"], f"the metadata are {answer.metadata}")
    error = connection.refused("POST", "/predict", 400, EXAMPLE | {"reference": "x" * 129})
    return f"kept with the prediction; of one too long: {error.error}"


def explain(connection: Connection) -> str:
    """POST /predict?explain=true"""
    answer = connection.post(PredictionResponse, "/predict?explain=true", EXAMPLE)
    if answer.contributions is None:
        raise Off("no contributions")
    total = answer.contributions.base_value + math.fsum(answer.contributions.values.values())
    demand(abs(total - answer.prediction) < 1e-6, f"{total} is not {answer.prediction}")
    most = max(answer.contributions.values.items(), key=lambda item: abs(item[1]))
    return f"contributions sum to the answer; {most[0]} matters most ({most[1]:+.2f})"


def refuse_missing(connection: Connection) -> str:
    """POST /predict without an input"""
    if ASKED.missing:
        return "every input may be missing"
    body = {name: value for name, value in EXAMPLE.items() if name != ASKED.name}
    error = connection.refused("POST", "/predict", 400, body)
    demand(error.error == f"Missing required features: {ASKED.name}", error.error)
    return error.error


def refuse_nonsense(connection: Connection) -> str:
    """POST /predict with values that are of no such kind, or out of range"""
    for value in ("no such thing", True, [1], ASKED.minimum - 1.0, 1e300):
        error = connection.refused("POST", "/predict", 400, EXAMPLE | {ASKED.name: value})
        fields = [problem.field for problem in error.validation_errors or []]
        demand(fields == [ASKED.name], f"{value!r}: the error names {fields}")
    return f"five kinds of error, such as: {error.error}"


def refuse_not_json(connection: Connection) -> str:
    """POST /predict with a body that is not JSON"""
    connection.refused("POST", "/predict", 415, data=b"answer=8")
    headers = {"Content-Type": "application/json"}
    for text in (b"{", b"NaN", b'{"answer": NaN}', b"[" * 20_000):
        connection.refused("POST", "/predict", 400, data=text, headers=headers)
    return "415 and 400, each with a message"


def predict_batch(connection: Connection) -> str:
    """POST /predict_batch"""
    body = {"instances": [EXAMPLE] * 3}
    answer = connection.post(BatchPredictionResponse, "/predict_batch", body)
    demand(answer.n_predictions == 3, f"{answer.n_predictions} predictions for 3 instances")
    demand(len(set(answer.prediction_ids)) == 3, "the ids are not all different")
    demand(len(set(answer.predictions)) == 1, "the same instance has different answers")
    return "three answers, three ids"


def refuse_batch(connection: Connection) -> str:
    """POST /predict_batch with an invalid instance, and with no instance"""
    body = {"instances": [EXAMPLE, EXAMPLE | {ASKED.name: "no such thing"}]}
    error = connection.refused("POST", "/predict_batch", 400, body)
    fields = [problem.field for problem in error.validation_errors or []]
    demand(fields == [f"instances[1].{ASKED.name}"], f"the error names {fields}")
    connection.refused("POST", "/predict_batch", 400, {"instances": []})
    return error.error


def sensitivity(connection: Connection) -> str:
    """POST /sensitivity"""
    answer = connection.post(SensitivityResponse, "/sensitivity?points=9", EXAMPLE)
    demand(len(answer.curves) == len(FEATURE_NAMES), f"{len(answer.curves)} curves")
    connection.refused("POST", "/sensitivity?points=1", 400, EXAMPLE)
    return f"{len(answer.curves)} curves of {len(answer.curves[0].values)} points"


def dependence(connection: Connection) -> str:
    """GET /dependence"""
    answer = connection.get(DependenceResponse, "/dependence")
    shares = [curve.importance for curve in answer.curves]
    demand(shares == sorted(shares, reverse=True), "not the most important first")
    return f"{answer.curves[0].feature} matters most: {shares[0]:.0%}"


def interaction(connection: Connection) -> str:
    """GET /interaction"""
    one, other = FEATURE_NAMES[:2]
    path = f"/interaction?first={quote(one)}&second="
    answer = connection.get(InteractionResponse, path + quote(other))
    demand(0 <= answer.strength <= 1, f"a strength of {answer.strength}")
    connection.refused("GET", path + quote(one), 404)
    return f"{answer.strength:.0%} of what {one} and {other} do is their combination"


def nearest(connection: Connection) -> str:
    """POST /nearest_districts"""
    answer = connection.post(NearestResponse, "/nearest_districts?number=3", EXAMPLE)
    distances = [one.distance_km or one.distance or 0.0 for one in answer.districts]
    demand(distances == sorted(distances), "not sorted by distance")
    unit = "km" if HAS_PLACE else "spreads of the inputs"
    return f"the nearest is {distances[0]:.2f} {unit} away"


def counterfactuals(connection: Connection) -> str:
    """POST /counterfactuals"""
    value = connection.post(PredictionResponse, "/predict", EXAMPLE).prediction
    most = value - abs(value) / 2
    body = {"input": EXAMPLE, "frozen": [], "at_most": most}
    answer = connection.post(CounterfactualsResponse, "/counterfactuals", body)
    demand(bool(answer.alternatives) == (answer.reason is None), "neither an answer nor a reason")
    reached = all(one.prediction <= most for one in answer.alternatives)
    demand(reached, "an alternative misses the goal")
    connection.refused("POST", "/counterfactuals", 400, {"input": EXAMPLE})
    return f"{len(answer.alternatives)} ways to half of it"


STEPS: tuple[Step, ...] = (
    Step("POST /predict", "one answer", predict),
    Step("POST /predict", "why this answer?", explain),
    Step("POST /predict", "with your own id", refer),
    Step("POST /predict", "an input is missing", refuse_missing),
    Step("POST /predict", "invalid values", refuse_nonsense),
    Step("POST /predict", "not JSON", refuse_not_json),
    Step("POST /predict_batch", "several answers", predict_batch),
    Step("POST /predict_batch", "one is invalid", refuse_batch),
    Step("POST /sensitivity", "what if?", sensitivity),
    Step("GET /dependence", "what matters in general?", dependence),
    Step("GET /interaction", "and in combination?", interaction),
    Step("POST /nearest_districts", "what is nearby?", nearest),
    Step("POST /counterfactuals", "what would it take?", counterfactuals),
)
