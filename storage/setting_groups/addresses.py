"""Addresses of the three servers, each defined once with its default, for every process."""

from typing import Any, ClassVar

from pydantic import Field, field_validator

from storage.setting_groups.environment import SettingGroup
from storage.setting_groups.hosts import url_of


def _own_url(server: str, validated: dict[str, Any]) -> str:
    # A field that was refused is missing here; the error names it.
    host, port = validated.get(f"{server}_host"), validated.get(f"{server}_port")
    return url_of(host or "127.0.0.1", port or 0)


class Addresses(SettingGroup):
    """The address each server binds to, and where clients or the operator's browser reach it."""

    prefix: ClassVar[str] = "HOUSING_"

    backend_host: str = Field("127.0.0.1", description="Address the service binds to.")
    backend_port: int = Field(5000, ge=1, le=65535, description="Port of the service.")
    backend_url: str = Field(
        default_factory=lambda validated: _own_url("backend", validated),
        pattern="^https?://",
        description="URL at which clients reach the service. Empty: its host and port.",
    )
    dashboard_host: str = Field("127.0.0.1", description="Address the dashboard binds to.")
    dashboard_port: int = Field(8501, ge=1, le=65535, description="Port of the dashboard.")
    mlflow_host: str = Field("127.0.0.1", description="Address the MLflow server binds to.")
    mlflow_port: int = Field(5001, ge=1, le=65535, description="Port of the MLflow server.")
    mlflow_url: str = Field(
        default_factory=lambda validated: _own_url("mlflow", validated),
        pattern="^https?://",
        description="URL at which the operator's browser reaches MLflow; links to runs use it."
        " Empty: its host and port.",
    )

    @field_validator("backend_host", "dashboard_host", "mlflow_host")
    @classmethod
    def _without_brackets(cls, host: str) -> str:
        """An IPv6 address may be written as in a URL."""
        return host.strip().removeprefix("[").removesuffix("]")
