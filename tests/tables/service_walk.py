"""One service over another table asked everything, and retrained; in a process of its own.

Run as ``python -m tests.tables.service_walk OUT`` with the HOUSING_ settings of a trained runtime folder: OUT
gets what was answered, as JSON.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from backend.client import HousingClient, ServiceRefused
from backend.contract.drift.analysis import DriftRequest
from backend.contract.feedback import FeedbackItem
from backend.demo_api.__main__ import STEPS
from backend.demo_api.walk import Connection, walk
from storage.domain.inputs import HousingFeatures
from storage.models.store import ModelStore
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.dashboard.conftest import OPERATOR_KEY, Service, log_writer
from training.dataset.sources import load_table
from training.models.candidates import built_in_candidates, select
from training.worker import RetrainingWorker

ASKED = 400
TIMEOUT_SECONDS = 60.0


def main(out: Path) -> None:
    """Serve, ask, label, retrain; write the answers."""
    settings = Settings()
    service = Service(settings)
    service.start()
    connect = partial(HousingClient, settings.addresses.backend_url, OPERATOR_KEY, TIMEOUT_SECONDS)
    try:
        with log_writer(service), connect() as client:
            answers = _asked(client) | _refused(client) | _labelled(client)
            answers["retraining"] = _retrained(settings, client, service)
            answers["off"] = _off(settings)
    finally:
        service.close()
    out.write_text(json.dumps(answers, default=str), encoding="utf-8")


def _off(settings: Settings) -> list[str]:
    """Return what the walk through the API finds wrong."""
    connection = Connection(settings.addresses.backend_url, OPERATOR_KEY)
    outcomes = walk(connection, STEPS, lambda _: None)
    return [f"{one.step.endpoint}: {one.text}" for one in outcomes if one.off]


def _asked(client: HousingClient) -> dict[str, Any]:
    rows = [HousingFeatures.of(row) for row in load_table().inputs.tolist()]
    gap = next(row for row in rows if row.rootstock is None and row.pruned is None)
    drifted = [row.model_dump() | {"variety": "Jonagold"} for row in rows[:300]]
    answer = client.predict(gap, explain=True)
    return {
        "predict": answer.model_dump(mode="json"),
        "sensitivity": client.sensitivity(gap).model_dump(mode="json"),
        "nearest": client.nearest_districts(gap, 3).model_dump(mode="json"),
        "drift": client.compare_rows(DriftRequest.model_validate({"data": drifted})).model_dump(
            mode="json"
        ),
        "logged": _logged(client, answer.prediction_id),
    }


def _logged(client: HousingClient, prediction_id: str) -> Any:
    return client.prediction(prediction_id).model_dump(mode="json")


def _refused(client: HousingClient) -> dict[str, Any]:
    row = HousingFeatures.of(load_table().inputs[0].tolist())
    refusals = {}
    for name, value in (("variety", "Jonagold"), ("age", 3.5), ("water", None), ("age", "old")):
        try:
            client.predict(
                HousingFeatures.model_construct(None, **row.model_dump() | {name: value})
            )
        except ServiceRefused as refusal:
            refusals[f"{name} {value}"] = str(refusal)
    return {"refused": refusals}


def _labelled(client: HousingClient) -> dict[str, Any]:
    table = load_table()
    rows = [HousingFeatures.of(row) for row in table.inputs[:ASKED].tolist()]
    answer = client.predict_batch(rows)
    pairs = zip(answer.prediction_ids, table.targets.tolist(), strict=False)
    client.feedback([FeedbackItem(prediction_id=one, actual=actual) for one, actual in pairs])
    inside = sum(
        one.lower <= actual <= one.upper
        for one, actual in zip(answer.intervals, table.targets[:ASKED].tolist(), strict=True)
    )
    return {"inside": inside / ASKED, "performance": client.performance().model_dump(mode="json")}


def _retrained(settings: Settings, client: HousingClient, service: Service) -> dict[str, Any]:
    candidates = select(built_in_candidates(0, 1), ["hist_gradient_boosting"])
    worker = RetrainingWorker(settings, load_table, candidates)
    before = ModelStore(settings.paths).champion()
    trigger = client.trigger_retraining("The same table again, with what was labelled.", force=True)
    worker.run_once(utc_now())
    service.follow_the_champion()
    closed = client.retraining(trigger.trigger_id)
    store = ModelStore(settings.paths)
    return {
        "state": closed.model_dump(mode="json"),
        "tables": sorted({store.manifest(one.version).dataset_sha256 for one in store.versions()}),
        "versions": len(store.versions()),
        "before": before,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
