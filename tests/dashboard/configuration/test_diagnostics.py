"""The file for somebody who helps: everything that can be read, why the rest cannot, and no secret."""

import io
import json
from zipfile import ZipFile

from backend.client import HousingClient
from dashboard.configuration.diagnostics import PACKAGES, READINGS, collect
from tests.dashboard.configuration.conftest import ADMIN_KEY, OPERATOR_KEY
from tests.dashboard.conftest import Service


def files(content: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_it_holds_every_reading_and_no_key(keyed: Service) -> None:
    with HousingClient(keyed.settings.addresses.backend_url, OPERATOR_KEY) as client:
        found = files(collect(client, READINGS))
    assert set(found) == {"versions.json", *(f"{name}.json" for name in READINGS)}
    assert set(json.loads(found["versions.json"])["packages"]) == set(PACKAGES)
    assert json.loads(found["health.json"])["status"] == "healthy"
    for content in found.values():
        assert ADMIN_KEY not in content
        assert f'"{OPERATOR_KEY}"' not in content


def test_what_cannot_be_read_leaves_its_reason(keyed: Service) -> None:
    with HousingClient(keyed.settings.addresses.backend_url) as client:
        keyed.stop()
        found = files(collect(client, READINGS))
    assert set(found) == {"versions.json", *(f"{name}.failed.txt" for name in READINGS)}
    assert keyed.settings.addresses.backend_url in found["health.failed.txt"]
