"""The service, its admin's program and two versions that tests of the Registry page share."""

from collections.abc import Iterator

import pytest

from backend.client import HousingClient
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.conftest import KEYS
from tests.dashboard.conftest import Service
from tests.versions import champion_and_dearer


@pytest.fixture
def service(service_settings: Settings) -> Iterator[Service]:
    """A service with a trained champion that knows the three keys."""
    service = Service(service_settings)
    service.start()
    yield service
    service.close()


@pytest.fixture
def client(service: Service) -> Iterator[HousingClient]:
    """An admin's program that uses the same service."""
    with HousingClient(service.settings.addresses.backend_url, KEYS["admin_key"], 60) as client:
        yield client


@pytest.fixture
def store(service: Service) -> ModelStore:
    return ModelStore(service.settings.paths)


@pytest.fixture
def versions(store: ModelStore) -> tuple[str, str]:
    """The champion, and a challenger whose prices are higher: worse beyond doubt."""
    return champion_and_dearer(store)
