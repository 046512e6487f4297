"""Held-out rows, read once."""

import pytest

from backend.simulate.__main__ import held_out_rows
from storage.settings import Settings
from training.dataset.splits import Part


@pytest.fixture(scope="session")
def rows() -> Part:
    return held_out_rows(Settings())
