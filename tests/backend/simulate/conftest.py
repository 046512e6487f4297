"""The districts of the embedded table, read once."""

import pytest

from backend.simulate.run import row_pool
from backend.simulate.scenario import RowPool
from storage.settings import Settings


@pytest.fixture(scope="session")
def districts() -> RowPool:
    return row_pool(Settings())
