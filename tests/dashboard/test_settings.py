"""The dashboard finds the others where they are told to be, and says what is wrong with a setting."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.client import HousingClient
from dashboard.registry.lineage import LINEAGE
from dashboard.settings import addresses, dashboard_settings, shared_settings
from dashboard.shared.service import new_client
from storage.models.store import ModelStore
from tests.dashboard.conftest import Service
from tests.system import REPOSITORY, clean_environment


@pytest.fixture(autouse=True)
def _read_again() -> Iterator[None]:
    shared_settings.cache_clear()
    yield
    shared_settings.cache_clear()


def test_the_services_port_alone_tells_where_the_service_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOUSING_BACKEND_PORT", "5055")
    assert addresses().backend_url == "http://127.0.0.1:5055"
    with new_client() as client:
        assert client.url == "http://127.0.0.1:5055"


def test_mlflows_port_alone_tells_where_links_to_runs_lead(
    service: Service, client: HousingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSING_MLFLOW_PORT", "5056")
    champion = ModelStore(service.settings.paths).champion().version
    told = LINEAGE["MLflow"](client.model_version(champion))
    assert "(http://127.0.0.1:5056/#/runs/" in str(told)


def test_its_own_settings_have_no_key_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_REFRESH_SECONDS", "2")
    assert (dashboard_settings().key, dashboard_settings().refresh_seconds) == (None, 2.0)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HOUSING_REFRESH_SECONDS", "soon", "The setting HOUSING_REFRESH_SECONDS is wrong: "),
        ("HOUSING_REFRESH_SECOND", "2", "did you mean HOUSING_REFRESH_SECONDS?"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    variable: str, value: str, said: str, tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dashboard"],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(REPOSITORY), **{variable: value}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 1
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
