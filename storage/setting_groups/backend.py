"""The settings of the service and of its two clients: the monitor and the dashboard."""

import re
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, field_validator

from storage.setting_groups.environment import SettingGroup, Variable


def _can_be_sent(key: SecretStr | None) -> SecretStr | None:
    """Refuse a key that no client could send, or not every client alike."""
    if key is not None and not re.fullmatch(r"[!-~]+", key.get_secret_value()):
        raise ValueError(
            "must have only letters of English, digits and signs: a header cannot carry blanks or others"
        )
    return key


class BackendSettings(SettingGroup):
    """How the service answers."""

    prefix: ClassVar[str] = "HOUSING_BACKEND_"

    workers: int = Field(2, ge=1, le=64, description="Worker processes of the service.")
    threads: int = Field(4, ge=1, le=256, description="Threads in each worker process.")
    request_limit_bytes: Annotated[int, Variable("HOUSING_REQUEST_LIMIT_BYTES")] = Field(
        8 * 1024 * 1024,
        ge=1024,
        description="Largest request body; larger ones are answered with 413.",
    )
    body_timeout_seconds: float = Field(
        30.0,
        gt=0,
        le=600,
        description="Longest time in which a request body may arrive; then the answer is 408.",
    )
    silence_seconds: float = Field(
        8.0,
        ge=2,
        le=600,
        description="How long a worker process may fail to respond until it is killed and replaced.",
    )
    model_poll_seconds: Annotated[float, Variable("HOUSING_MODEL_POLL_SECONDS")] = Field(
        1.0, gt=0, le=60, description="How often a worker checks whether the champion changed."
    )
    command_timeout_seconds: Annotated[float, Variable("HOUSING_COMMAND_TIMEOUT_SECONDS")] = Field(
        10.0,
        gt=0,
        le=120,
        description="How long the service waits for the log-writer to answer a command.",
    )


class AccessSettings(SettingGroup):
    """Who may do what; each key also has the rights of those before it."""

    prefix: ClassVar[str] = "HOUSING_"

    require_key: bool = Field(
        False,
        description="Require a key for reading and predicting too; always so off the loopback address.",
    )
    viewer_key: SecretStr | None = Field(None, description="Key that may read and predict.")
    operator_key: SecretStr | None = Field(
        None, description="Key that may also request retraining."
    )
    admin_key: SecretStr | None = Field(None, description="Key that may also clear and configure.")

    allowed_hosts: str = Field(
        "",
        description="Further names, separated by commas, under which service and dashboard are reached,"
        " beside localhost, addresses and their own. A request under another name is answered with 421, a"
        " change by a page of another origin with 403. Empty: any name for what is bound off the loopback"
        " address, or is behind a proxy that signs people in.",
    )

    _keys_can_be_sent = field_validator("viewer_key", "operator_key", "admin_key")(_can_be_sent)


class MonitorSettings(SettingGroup):
    """How often the monitor probes the service."""

    prefix: ClassVar[str] = "HOUSING_MONITOR_"

    interval_seconds: float = Field(
        30.0, gt=0, le=86400, description="Pause between two probes of the monitor."
    )


class DashboardSettings(SettingGroup):
    """How the dashboard calls the service."""

    prefix: ClassVar[str] = "HOUSING_DASHBOARD_"

    key: SecretStr | None = Field(
        None, description="Key that the dashboard itself sends to the service."
    )
    signed_in_by_proxy: bool = Field(
        False,
        description="Something in front of the dashboard decides who reaches it, such as a proxy that signs"
        " people in. Without it, the dashboard binds to the loopback address only.",
    )
    refresh_seconds: Annotated[float, Variable("HOUSING_REFRESH_SECONDS")] = Field(
        5.0,
        ge=0.5,
        le=3600,
        description="Refresh interval of an open page, unless another is chosen.",
    )
    backend_timeout_seconds: Annotated[float, Variable("HOUSING_BACKEND_TIMEOUT_SECONDS")] = Field(
        5.0, gt=0, le=120, description="How long the dashboard waits for one answer."
    )

    _key_can_be_sent = field_validator("key")(_can_be_sent)
