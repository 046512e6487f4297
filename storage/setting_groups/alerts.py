"""The settings of alerts: where messages go. The monitoring configuration says which alerts there are."""

from typing import ClassVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from storage.setting_groups.environment import SettingGroup


class AlertSettings(SettingGroup):
    """Where messages of alerts go; only the monitor needs them."""

    prefix: ClassVar[str] = "HOUSING_ALERTS_"

    routes: SecretStr | None = Field(
        None,
        description="Addresses in the form of Apprise, separated by blanks, such as"
        " mailtos://user:password@example.com?to=me@example.com or slack://token/#channel.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Key with which messages to the webhook are signed (HMAC-SHA256).",
    )
    webhook_url: SecretStr | None = Field(
        None, description="Address to which messages are posted as JSON, signed."
    )

    @property
    def addresses(self) -> list[str]:
        """The addresses of the routes, one by one."""
        return self.routes.get_secret_value().split() if self.routes is not None else []

    @field_validator("routes")
    @classmethod
    def _are_addresses(cls, routes: SecretStr | None) -> SecretStr | None:
        for number, address in enumerate((routes or SecretStr("")).get_secret_value().split(), 1):
            if "://" not in address:
                raise ValueError(f"address {number} has no :// in it")
        return routes

    @field_validator("webhook_url")
    @classmethod
    def _is_signed(cls, url: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        if url is None:
            return url
        if not url.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        if known.data.get("webhook_secret") is None:
            raise ValueError("needs HOUSING_ALERTS_WEBHOOK_SECRET, with which it is signed")
        return url
