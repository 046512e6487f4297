"""Every setting of the dashboard: type, default, unit and help.

Read from the environment and a ``.env`` file, prefix ``HOUSING_``, like those of ``storage/settings.py``.
"""

from functools import cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class DashboardSettings(BaseSettings):
    """The settings; a time is in ``_seconds``."""

    model_config = SettingsConfigDict(
        env_prefix="HOUSING_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    backend_url: str = Field(
        "http://127.0.0.1:5000",
        pattern="^https?://",
        description="Address at which the dashboard finds the service.",
    )
    mlflow_url: str = Field(
        "http://127.0.0.1:5001",
        pattern="^https?://",
        description="Address of MLflow as the operator's browser reaches it; links to runs lead there.",
    )
    dashboard_host: str = Field("127.0.0.1", description="Address the dashboard binds to.")
    dashboard_port: int = Field(8501, ge=1, le=65535, description="Port of the dashboard.")
    dashboard_key: SecretStr | None = Field(
        None, description="Key that the dashboard itself sends to the service."
    )
    refresh_seconds: float = Field(
        5.0, ge=0.5, le=3600, description="Pause between two looks of an open page at the service."
    )
    backend_timeout_seconds: float = Field(
        5.0, gt=0, le=120, description="Longest that the dashboard waits for one answer."
    )


@cache
def dashboard_settings() -> DashboardSettings:
    """Return the settings, read once a process."""
    return DashboardSettings()
