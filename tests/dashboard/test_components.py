"""The districts, the examples in the docstrings, and what importing the console brings along."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import numpy as np
import pytest

import dashboard
from backend.contract.database import DatabaseStatistics, RequestTotals, SpoolBacklog
from backend.contract.definition import PRESETS, preset_of
from dashboard.overview.record_store import record_warning
from dashboard.wording.feature_words import input_columns
from storage.domain.inputs import EXAMPLE
from tests.system import REPOSITORY
from training.dataset.embedded import load_embedded

COMPONENTS = [
    module.name
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard.")
    if not module.ispkg and not module.name.endswith((".page", ".app", ".__main__"))
]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS  # as for the other rooms
FOREIGN = ("flask", "sqlalchemy", "sklearn", "mlflow", "backend.app", "training")


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_examples_in_the_docstrings_are_true(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=OPTIONS).failed == 0


def test_the_districts_are_rows_of_the_table() -> None:
    table = load_embedded().values
    for district in PRESETS:
        row = np.array([*district.inputs, district.recorded_value])
        assert np.isclose(table, row, rtol=1e-12, atol=0).all(axis=1).sum() == 1, district.name
        assert preset_of(district.features) is district


def test_a_long_backlog_is_said_and_a_short_one_is_not() -> None:
    assert record_warning(_statistics(backlog_bytes=2_000)) is None
    sentence = record_warning(_statistics(backlog_bytes=3 * 1024 * 1024))
    assert sentence is not None
    assert sentence.startswith("3.0 MiB of records are waiting for the log-writer")


def test_a_long_wait_is_said_however_little_waits() -> None:
    sentence = record_warning(_statistics(backlog_bytes=2_000, age=75))
    assert sentence is not None
    assert "the oldest for 1 min 15 s" in sentence


def test_the_console_loads_nothing_of_the_service() -> None:
    modules = ", ".join(COMPONENTS)
    script = f"import sys, dashboard.__main__, {modules}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert not set(FOREIGN) & set(result.stdout.split())


def _statistics(backlog_bytes: int, age: float = 0.5) -> DatabaseStatistics:
    return DatabaseStatistics(
        logs_by_level={},
        api_metrics=RequestTotals(
            total_requests=0, avg_response_time=0, successful_requests=0, success_rate=0
        ),
        total_model_metrics=0,
        predictions=0,
        spool_backlog=SpoolBacklog(bytes=backlog_bytes, oldest_age_seconds=age, rejected_records=0),
        size_bytes=0,
    )


def test_numbers_below_each_other_have_as_many_decimals() -> None:
    columns = input_columns([EXAMPLE | {"MedInc": 3.4}, EXAMPLE | {"MedInc": 3.65}, EXAMPLE])
    assert columns["MedInc"]["type_config"]["format"] == "%.4f"
    assert columns["HouseAge"]["type_config"]["format"] == "%.0f"
