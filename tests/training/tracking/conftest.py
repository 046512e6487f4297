"""Here, every training is recorded."""

import pytest

from storage.settings import Settings


@pytest.fixture
def settings(settings_with_mlflow: Settings) -> Settings:
    return settings_with_mlflow
