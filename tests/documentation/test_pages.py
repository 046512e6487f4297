"""The README tells the truth: its table, its commands, its paths, its example."""

import re

import pytest
from honcho.environ import parse_procfile

from dashboard.settings import DashboardSettings
from storage.schema.monitoring_config import MonitoringConfig
from storage.settings import Settings
from tests.documentation import monitoring_table
from tests.documentation.settings_table import README, table
from tests.system import REPOSITORY

TEXT = README.read_text()


def test_the_settings_table_is_the_settings() -> None:
    assert table() in TEXT, "run: python -m tests.documentation.settings_table"


def test_the_table_of_the_monitoring_configuration_is_its_model() -> None:
    assert monitoring_table.table() in TEXT, "run: python -m tests.documentation.monitoring_table"


@pytest.mark.parametrize("settings", [Settings, DashboardSettings, MonitoringConfig])
def test_every_setting_is_explained(
    settings: type[Settings] | type[DashboardSettings] | type[MonitoringConfig],
) -> None:
    for name, field in settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_every_make_command_named_exists() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^    )make ([a-z-]+)", TEXT, re.MULTILINE))
    assert {"up", "test"} <= named
    assert named <= targets


def test_every_process_is_named() -> None:
    for name in parse_procfile((REPOSITORY / "Procfile").read_text()).processes:
        assert f"| {name} |" in TEXT


def test_every_path_named_exists() -> None:
    paths = re.findall(r"`((?:storage|training|backend|dashboard|docs|tests)/[\w/.]*)`", TEXT)
    assert len(paths) > 10
    for path in [*paths, *re.findall(r"\]\((docs/[^)]+)\)", TEXT)]:
        assert (REPOSITORY / path).exists(), path
