"""The districts of the embedded table, read once."""

import pytest

from backend.simulate.run import embedded_districts
from backend.simulate.scenario import Districts
from storage.settings import Settings


@pytest.fixture(scope="session")
def districts() -> Districts:
    return embedded_districts(Settings())
