"""What the dashboard reads of the settings that all processes share: its own, and the addresses."""

from functools import cache

from storage.setting_groups.addresses import Addresses
from storage.setting_groups.backend import DashboardSettings
from storage.settings import Settings, settings_or_exit


def dashboard_settings() -> DashboardSettings:
    """Return the dashboard's own settings, read once a process."""
    return shared_settings().dashboard


def addresses() -> Addresses:
    """Return where the dashboard is, the service that it asks, and MLflow, read once a process."""
    return shared_settings().addresses


@cache
def shared_settings() -> Settings:
    """Return all settings, read once a process."""
    return settings_or_exit(writes=False)
