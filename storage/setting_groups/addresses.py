"""Addresses of the three servers, each defined once with its default, for every process."""

from typing import Any, ClassVar

from pydantic import Field

from storage.setting_groups.environment import SettingGroup


def _loopback(port_field: str, validated: dict[str, Any]) -> str:
    return f"http://127.0.0.1:{validated[port_field]}"


class Addresses(SettingGroup):
    """The address each server binds to, and where clients or the operator's browser reach it."""

    prefix: ClassVar[str] = "HOUSING_"

    backend_host: str = Field("127.0.0.1", description="Address the service binds to.")
    backend_port: int = Field(5000, ge=1, le=65535, description="Port of the service.")
    backend_url: str = Field(
        default_factory=lambda validated: _loopback("backend_port", validated),
        pattern="^https?://",
        description="URL at which clients reach the service. Empty: the loopback address and its port.",
    )
    dashboard_host: str = Field("127.0.0.1", description="Address the dashboard binds to.")
    dashboard_port: int = Field(8501, ge=1, le=65535, description="Port of the dashboard.")
    mlflow_host: str = Field("127.0.0.1", description="Address the MLflow server binds to.")
    mlflow_port: int = Field(5001, ge=1, le=65535, description="Port of the MLflow server.")
    mlflow_url: str = Field(
        default_factory=lambda validated: _loopback("mlflow_port", validated),
        pattern="^https?://",
        description="URL at which the operator's browser reaches MLflow; links to runs use it."
        " Empty: the loopback address and its port.",
    )
