"""A service whose keys are known."""

from collections.abc import Iterator

import pytest

from storage.settings import Settings
from tests.dashboard.conftest import Service
from tests.settings import changed

ADMIN_KEY, OPERATOR_KEY = "administer", "operate"


@pytest.fixture
def keyed(champion_settings: Settings) -> Iterator[Service]:
    service = Service(changed(champion_settings, admin_key=ADMIN_KEY, operator_key=OPERATOR_KEY))
    service.start()
    service.store_records()
    yield service
    service.close()
