"""Reading and changing the monitoring configuration of one system."""

from collections.abc import Mapping
from typing import Any

from backend.contract.monitoring import ConfigResponse, ConfigValue
from backend.drift.thresholds import DriftThresholds
from backend.retraining.policy import PolicyRules
from storage.database.commands import ask
from storage.database.connection import Database
from storage.database.monitoring_config import StoredConfig, read_config
from storage.errors import InvalidInput
from storage.schema.monitoring_config import MonitoringConfig, bounds_of, unit_of
from storage.spool.spool import Spool


class MonitoringConfiguration:
    """The configuration in force. Changes go through the log-writer, the only process that writes."""

    def __init__(self, database: Database, spool: Spool, timeout_seconds: float) -> None:
        self._database = database
        self._spool = spool
        self._timeout_seconds = timeout_seconds

    def current(self) -> StoredConfig:
        """Return the configuration in force, or the defaults if the database is unavailable."""
        return read_config(self._database)

    def change(self, changes: Mapping[str, Any], changed_by: str) -> StoredConfig:
        """Change some values and return the whole configuration.

        Raises
        ------
        InvalidInput
            If the changes do not fit the configuration in force.
        CommandUnanswered
            If the log-writer did not apply it in time; nothing was changed.
        """
        result = ask(
            self._spool,
            self._database,
            "change_monitoring_config",
            self._timeout_seconds,
            {"changes": dict(changes), "changed_by": changed_by},
        )
        if "refused" in result:
            raise InvalidInput(
                f"The change conflicts with the configuration in force: {result['refused']}."
            )
        return self.current()


def config_response(stored: StoredConfig) -> ConfigResponse:
    """Return a configuration as an answer, with the meaning of each value."""
    return ConfigResponse(**vars(stored), definitions=definitions())


def definitions() -> list[ConfigValue]:
    """Return each value's type, default, unit, bounds and help, for a form."""
    return [
        ConfigValue(
            name=name,
            type=getattr(field.annotation, "__name__", ""),
            default=field.default,
            unit=unit_of(name),
            help=field.description or "",
            bounds=bounds_of(name),
        )
        for name, field in MonitoringConfig.model_fields.items()
    ]


def drift_thresholds(config: MonitoringConfig) -> DriftThresholds:
    """Return the drift thresholds with the operator's values."""
    return DriftThresholds(
        significance_level=config.drift_significance_level,
        minimum_rows=config.drift_minimum_rows,
        minimum_ks_statistic=config.drift_minimum_effect_share,
        confirming_windows=config.drift_confirming_windows,
    )


def policy_rules(config: MonitoringConfig) -> PolicyRules:
    """Return the policy's rules with the operator's values."""
    return PolicyRules(
        automatic=config.automatic_retraining_enabled,
        maximum_model_age_days=config.maximum_model_age_days,
        enough_labelled_rows=config.enough_labelled_rows,
        cooldown_hours=config.cooldown_hours,
    )
