"""The Grafana dashboard and the reference speak of metrics and labels that the service exposes."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from backend.services import EXTENSION, Services
from storage.domain.inputs import EXAMPLE
from tests.system import REPOSITORY, bearer

METRICS = REPOSITORY / "docs" / "reference" / "metrics.md"
DASHBOARD = json.loads((REPOSITORY / "docs/grafana/housing.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
WORD = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
LANGUAGE = {"sum", "by", "rate", "increase", "changes", "histogram_quantile", "le"}
"""What PromQL itself means by a word; ``le`` is the label that every histogram has."""


def _expressions() -> list[str]:
    asked = [target["expr"] for panel in PANELS for target in panel["targets"]]
    return asked + [annotation["expr"] for annotation in DASHBOARD["annotations"]["list"]]


def _words(expression: str) -> set[str]:
    without_ranges = re.sub(r"\[[^]]*]", "", expression)
    without_values = re.sub(r'"[^"]*"', "", without_ranges)
    return {word for word in WORD.findall(without_values) if word not in LANGUAGE}


@pytest.fixture
def exposed(http: FlaskClient) -> dict[str, set[str]]:
    """Labels by sample name, after one use of everything."""
    services: Services = http.application.extensions[EXTENSION]
    http.post("/predict", json=EXAMPLE)
    http.post("/predict", json=EXAMPLE | {"MedInc": "much"})
    http.post("/predict", json=EXAMPLE, headers=bearer("wrong"))
    services.metrics.set_realized_error(0.4)
    services.metrics.set_estimated_error(0.4)
    services.metrics.set_drift_share(0.125)
    services.metrics.set_compiled_predictor(True)
    text = http.get("/metrics").get_data(as_text=True)
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_created")  # nothing that several processes have
    }


def test_every_metric_and_label_exists(exposed: dict[str, set[str]]) -> None:
    for expression in _expressions():
        words = _words(expression)
        metrics = words & exposed.keys()
        assert metrics, f"{expression} asks for nothing that is exposed"
        labels = set().union(*(exposed[metric] for metric in metrics))
        assert words - metrics <= labels, f"{expression}: {words - metrics - labels}"


def test_every_metric_of_the_model_is_on_the_dashboard(exposed: dict[str, set[str]]) -> None:
    asked = set().union(*map(_words, _expressions()))
    shown = {name for name in exposed if name.startswith("ml_") and "_seconds_" not in name}
    assert shown - {"ml_model_swaps_total"} <= asked


def test_the_reference_is_what_is_exposed(exposed: dict[str, set[str]]) -> None:
    rows = re.findall(
        r"^\| `((?:api|ml|input)_\w+)` \| \w+ \| ([^|]*)\|", METRICS.read_text(), re.MULTILINE
    )
    table = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    measured = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed}
    assert table.keys() == {name for name in measured if name.startswith(("api_", "ml_", "input_"))}
    for name, labels in table.items():
        assert labels == exposed.get(name, exposed.get(f"{name}_sum")), name


def test_panels_can_be_told_apart_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        cells = _cells(panel["gridPos"])
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_every_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def _cells(place: dict[str, int]) -> set[tuple[int, int]]:
    columns = range(place["x"], place["x"] + place["w"])
    return {(x, y) for x in columns for y in range(place["y"], place["y"] + place["h"])}


def test_the_grafana_board_has_no_words_of_a_table() -> None:
    assert not re.search(r"california|district|price|USD", json.dumps(DASHBOARD), re.IGNORECASE)
