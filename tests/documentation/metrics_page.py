"""The reference of the metrics, made from what the service itself tells Prometheus."""

import tempfile
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from backend.app import create_app
from backend.contract.service import SupervisedProcess
from backend.services import EXTENSION, Services
from backend.supervisor.states import ProcessStates, write_states
from storage.log_writer.status import LogWriterStatus, publish
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.documentation.markdown import page, table

INTRODUCTION = """
What `GET /metrics` tells [Prometheus](../how-to/monitor-with-prometheus.md). Counters add up all worker
processes, ended ones included, so none falls when a worker is killed. Gauges of the model look at living
workers only. A gauge whose value nobody knows yet is absent.
"""


def metrics() -> str:
    """Return the page."""
    rows = sorted(_row(family) for family in _families())
    return page("Metrics", INTRODUCTION, table(["metric", "type", "labels", "what it says"], rows))


def _row(family: Metric) -> list[str]:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = {label for sample in family.samples for label in sample.labels} - {"le"}
    named = ", ".join(f"`{label}`" for label in sorted(labels))
    return [f"`{name}`", family.type, named, family.documentation]


def _families() -> list[Metric]:
    """Return what is exposed after one use of everything."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(runtime_directory=Path(folder))
        app = create_app(settings)
        services: Services = app.extensions[EXTENSION]
        _use(services, settings)
        text = app.test_client().get("/metrics").get_data(as_text=True)
        services.spool.close()
        services.database.close()
    families = text_string_to_metric_families(text)
    return [family for family in families if not family.name.endswith("_created")]


def _use(services: Services, settings: Settings) -> None:
    counted = services.metrics
    counted.count_request("/predict", "POST", 200, 0.001)
    counted.count_predictions("a version", 1, 0.0001)
    counted.count_validation_error("MedInc")
    counted.count_refused_key("unknown")
    counted.count_keyed("first")
    counted.set_served_version("a version", utc_now())
    counted.set_compiled_predictor(True)
    counted.set_realized_error(0.4)
    counted.set_estimated_error(0.4)
    counted.set_drift_share(0.125)
    counted.count_reopened("database")
    counted.count_refused_record()
    status = LogWriterStatus(
        updated_at=utc_now(), rows_pruned={"predictions": 1}, alarms={"clock": 1}
    )
    settings.paths.spool.mkdir(exist_ok=True)
    publish(settings.paths.log_writer_status, status)
    process = SupervisedProcess(name="worker", state="running", restarts=0, since=utc_now())
    states = ProcessStates(written_at=utc_now(), processes=[process])
    write_states(settings.paths.process_states, states)
