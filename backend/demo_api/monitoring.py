"""Monitoring, versions and retraining; these steps change nothing in the service."""

from urllib.parse import quote

from backend.contract.audit import AuditResponse
from backend.contract.drift.analysis import DriftResponse, DriftWindowResponse
from backend.contract.drift.refused import RefusedResponse
from backend.contract.models.registry import ModelsResponse
from backend.contract.models.version import ComparisonResponse, VersionResponse
from backend.contract.monitoring import ConfigResponse, HistoryResponse, StatusResponse
from backend.contract.performance import PerformanceResponse
from backend.contract.predictions import EXAMPLE, FEATURES
from backend.contract.retraining.check import RetrainingCheckResponse
from backend.contract.retraining.learnable import LearnableResponse
from backend.contract.retraining.runs import RetrainingsResponse
from backend.contract.segment import SegmentResponse
from backend.contract.shadow import ShadowResponse
from backend.demo_api.walk import Connection, Step, demand
from storage.domain.written import figure

NO_KEY = {"Authorization": None}
SOME = FEATURES[0]


def models(connection: Connection) -> str:
    """GET /models"""
    answer = connection.get(ModelsResponse, "/models")
    champions = [version.version for version in answer.versions if version.is_champion]
    demand(champions == [answer.champion], f"{champions} is not {answer.champion}")
    return f"{len(answer.versions)} versions, {answer.champion} serves"


def model_version(connection: Connection) -> str:
    """GET /models/<version>"""
    champion = connection.get(ModelsResponse, "/models").champion
    answer = connection.get(VersionResponse, f"/models/{champion}")
    demand(answer.version.is_champion, f"{champion} is not marked as the champion")
    connection.refused("GET", "/models/none", 404)
    rmse = answer.error.rmse
    if rmse is None:
        return str(answer.error.reason)
    return f"RMSE {figure(rmse.lower, 3)} to {figure(rmse.upper, 3)} on {answer.error.rows:,} rows"


def comparison(connection: Connection) -> str:
    """GET /models/<version>/comparison"""
    champion = connection.get(ModelsResponse, "/models").champion
    path = f"/models/{champion}/comparison"
    answer = connection.get(ComparisonResponse, f"{path}?against={champion}")
    if answer.difference is not None:
        demand(answer.difference.value == 0.0, "a version differs from itself")
    connection.refused("GET", path, 400)
    connection.refused("GET", f"{path}?against=none", 404)
    return f"against itself, {answer.rows:,} rows: no difference"


def refuse_remark(connection: Connection) -> str:
    """POST /models/<version>/remarks without a key"""
    body = {"person": "demo_api", "note": "Without a key."}
    return connection.refused("POST", "/models/none/remarks", 401, body, headers=NO_KEY).error


def status(connection: Connection) -> str:
    """GET /monitoring/status"""
    answer = connection.get(StatusResponse, "/monitoring/status")
    watched = "the monitor is running" if answer.monitoring_active else "no monitor is running"
    return f"{watched}, {answer.pending_retraining_triggers} retrainings queued"


def drift(connection: Connection) -> str:
    """POST /monitoring/drift"""
    answer = connection.post(DriftResponse, "/monitoring/drift", {"data": [EXAMPLE] * 3})
    analysis = answer.drift_analysis
    demand(analysis.status == "not_enough_data", f"three rows are {analysis.status}")
    demand(analysis.n_samples == 3, f"{analysis.n_samples} rows counted for 3")
    connection.refused("POST", "/monitoring/drift", 400, {"data": []})
    connection.refused("POST", "/monitoring/drift", 400, {"data": [{"Colour": 1}]})
    return "three rows are reported as not enough data"


def drift_window(connection: Connection) -> str:
    """GET /monitoring/drift"""
    answer = connection.get(DriftWindowResponse, "/monitoring/drift?window=1h")
    connection.refused("GET", "/monitoring/drift?window=soon", 400)
    return f"{answer.drift_analysis.severity}, {answer.drift_analysis.n_samples:,} rows"


def refused(connection: Connection) -> str:
    """GET /monitoring/refused"""
    answer = connection.get(RefusedResponse, "/monitoring/refused?window=1h")
    connection.refused("GET", "/monitoring/refused?window=never", 400)
    return f"{answer.requests:,} requests refused for {len(answer.fields)} inputs"


def performance(connection: Connection) -> str:
    """GET /monitoring/performance"""
    answer = connection.get(PerformanceResponse, "/monitoring/performance?window=1h")
    connection.refused("GET", "/monitoring/performance?window=0h", 400)
    return f"{answer.n_labelled:,} labels: {answer.degradation.reason}"


def segment(connection: Connection) -> str:
    """GET /monitoring/performance/segment"""
    path = "/monitoring/performance/segment?window=1h"
    part = f"{SOME.name}:{EXAMPLE[SOME.name]}" + ("" if SOME.is_category else "..")
    answer = connection.get(SegmentResponse, f"{path}&where={quote(part)}")
    demand(len(answer.rows) <= answer.realized.rows, "no more rows than labels")
    connection.refused("GET", f"{path}&where={SOME.name}:", 400)
    return f"{answer.realized.rows:,} labels in the segment, {answer.others.rows:,} in the others"


def shadow(connection: Connection) -> str:
    """GET /monitoring/shadow"""
    answer = connection.get(ShadowResponse, "/monitoring/shadow?window=1h")
    demand(answer.rows_read <= answer.n, f"{answer.rows_read} of {answer.n} rows read")
    connection.refused("GET", "/monitoring/shadow?window=0h", 400)
    return f"{answer.n:,} shadow answers, by {answer.challenger or 'no challenger'}"


def config(connection: Connection) -> str:
    """GET /monitoring/config"""
    answer = connection.get(ConfigResponse, "/monitoring/config")
    demand(len(answer.definitions) > 0, "no value has a description")
    return f"{len(answer.definitions)} values, each described"


def retraining_check(connection: Connection) -> str:
    """POST /monitoring/retraining-check"""
    path = "/monitoring/retraining-check"
    answer = connection.post(RetrainingCheckResponse, path, {})
    demand(answer.checked == "logged", f"an empty body checked rows that were {answer.checked}")
    connection.refused("POST", path, 400, {"predictions": [1.0, 2.0], "actuals": [1.0]})
    return " ".join(answer.reasons)


def refuse_note(connection: Connection) -> str:
    """POST /monitoring/notes without a key"""
    note = {"person": "Ada", "note": "this must be refused"}
    return connection.refused("POST", "/monitoring/notes", 401, note, headers=NO_KEY).error


def refuse_checks(connection: Connection) -> str:
    """POST /monitoring/checks without a key"""
    return connection.refused("POST", "/monitoring/checks", 401, {}, headers=NO_KEY).error


def refuse_change(connection: Connection) -> str:
    """PUT /monitoring/config without a key"""
    body = {"window_hours": 1.0}
    return connection.refused("PUT", "/monitoring/config", 401, body, headers=NO_KEY).error


def history(connection: Connection) -> str:
    """GET /monitoring/history"""
    answer = connection.get(HistoryResponse, "/monitoring/history?limit=5")
    times = [event.timestamp for event in answer.events]
    demand(times == sorted(times, reverse=True), "not the newest first")
    connection.refused("GET", "/monitoring/history?kind=rumour", 400)
    return f"{answer.total} events"


def refuse_retraining(connection: Connection) -> str:
    """POST /monitoring/trigger-retraining without a reason, and without a key"""
    path = "/monitoring/trigger-retraining"
    connection.refused("POST", path, 400, {"reason": ""})
    return connection.refused(
        "POST", path, 401, {"reason": "this must be refused"}, headers=NO_KEY
    ).error


def retrainings(connection: Connection) -> str:
    """GET /retraining"""
    answer = connection.get(RetrainingsResponse, "/retraining?limit=5")
    asked = [one.created_at for one in answer.retrainings]
    demand(asked == sorted(asked, reverse=True), "not the newest first")
    connection.refused("GET", "/retraining?state=asleep", 400)
    return f"{answer.total} retrainings"


def refuse_cancelling(connection: Connection) -> str:
    """POST /retraining/<trigger_id>/cancel without a key"""
    body = {"reason": "this must be refused"}
    return connection.refused("POST", "/retraining/none/cancel", 401, body, headers=NO_KEY).error


def learnable(connection: Connection) -> str:
    """GET /retraining/learnable"""
    answer = connection.get(LearnableResponse, "/retraining/learnable")
    counted = answer.usable + sum(one.rows for one in answer.left_out)
    demand(counted == answer.labelled, f"{counted} of {answer.labelled} are counted")
    return f"{answer.used} of {answer.labelled} labelled predictions"


def refuse_unknown_retraining(connection: Connection) -> str:
    """GET /retraining/<trigger_id> of an unknown one"""
    return connection.refused("GET", "/retraining/none", 404).error


def refuse_promotion(connection: Connection) -> str:
    """POST /models/<version>/promote without a key"""
    body = {"reason": "this must be refused"}
    return connection.refused("POST", "/models/none/promote", 401, body, headers=NO_KEY).error


def refuse_rollback(connection: Connection) -> str:
    """POST /models/rollback without a key"""
    body = {"reason": "this must be refused"}
    return connection.refused("POST", "/models/rollback", 401, body, headers=NO_KEY).error


def audit(connection: Connection) -> str:
    """GET /audit"""
    answer = connection.get(AuditResponse, "/audit?limit=5")
    demand(answer.chain.holds, str(answer.chain.problem))
    connection.refused("GET", "/audit?limit=0", 400)
    connection.refused("GET", "/audit", 401, headers=NO_KEY)
    return f"{answer.chain.entries} entries, audit log intact"


STEPS: tuple[Step, ...] = (
    Step("GET /models", "which versions?", models),
    Step("GET /models/<version>", "how good is it?", model_version),
    Step("GET /models/<version>/comparison", "which is better?", comparison),
    Step("GET /monitoring/status", "is it monitored?", status),
    Step("POST /monitoring/drift", "are rows unusual?", drift),
    Step("GET /monitoring/drift", "has input drifted?", drift_window),
    Step("GET /monitoring/refused", "what is refused?", refused),
    Step("GET /monitoring/performance", "how large is the error?", performance),
    Step("GET /monitoring/performance/segment", "and of the rows I choose?", segment),
    Step("GET /monitoring/shadow", "is a challenger better?", shadow),
    Step("GET /monitoring/config", "which rules apply?", config),
    Step("PUT /monitoring/config", "without a key", refuse_change),
    Step("POST /monitoring/retraining-check", "should we retrain?", retraining_check),
    Step("POST /monitoring/checks", "without a key", refuse_checks),
    Step("POST /monitoring/notes", "without a key", refuse_note),
    Step("GET /monitoring/history", "what happened?", history),
    Step("POST /monitoring/trigger-retraining", "without a reason", refuse_retraining),
    Step("GET /retraining", "list of retrainings", retrainings),
    Step("GET /retraining/learnable", "what the next one would learn", learnable),
    Step("GET /retraining/<trigger_id>", "an unknown one", refuse_unknown_retraining),
    Step("POST /retraining/<trigger_id>/cancel", "without a key", refuse_cancelling),
    Step("POST /models/<version>/remarks", "without a key", refuse_remark),
    Step("POST /models/<version>/promote", "without a key", refuse_promotion),
    Step("POST /models/rollback", "without a key", refuse_rollback),
    Step("GET /audit", "who changed what?", audit),
)
