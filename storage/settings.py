"""Every setting of every process, read from the environment and a ``.env`` file, prefix ``HOUSING_``.

Those of each room are in ``storage/setting_groups``, with type, default, unit and help; the reference tables
are generated from them. All processes may share one ``.env``, so each knows every name and refuses unknown
ones.
"""

from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from storage.paths import RuntimePaths
from storage.setting_groups.addresses import Addresses
from storage.setting_groups.backend import (
    AccessSettings,
    BackendSettings,
    DashboardSettings,
    MonitorSettings,
)
from storage.setting_groups.environment import by_group, sentence_about
from storage.setting_groups.promotion import PromotionSettings, ShadowSettings, WatchSettings
from storage.setting_groups.records import (
    DatabaseSettings,
    LogWriterSettings,
    RetentionSettings,
    SpoolSettings,
)
from storage.setting_groups.training import (
    MlflowSettings,
    SearchSettings,
    TrainingSettings,
    WorkerSettings,
)


class Settings(BaseSettings):
    """The settings, by room. A group passed as an argument replaces that of the environment."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    runtime_directory: Path = Field(
        Path("runtime"), description="Folder for everything that the running system writes."
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$",
        description="Lowest level of log lines that are written.",
    )
    addresses: Addresses = Addresses()
    access: AccessSettings = AccessSettings()
    backend: BackendSettings = BackendSettings()
    spool: SpoolSettings = SpoolSettings()
    log_writer: LogWriterSettings = LogWriterSettings()
    database: DatabaseSettings = DatabaseSettings()
    retention: RetentionSettings = RetentionSettings()
    monitor: MonitorSettings = MonitorSettings()
    training: TrainingSettings = TrainingSettings()
    search: SearchSettings = SearchSettings()
    worker: WorkerSettings = WorkerSettings()
    promotion: PromotionSettings = PromotionSettings()
    watch: WatchSettings = WatchSettings()
    shadow: ShadowSettings = ShadowSettings()
    mlflow: MlflowSettings = MlflowSettings()
    dashboard: DashboardSettings = DashboardSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read each variable into its group; the environment takes precedence over the ``.env`` file."""
        read = [cast(EnvSettingsSource, each).env_vars for each in (env_settings, dotenv_settings)]
        grouped = [InitSettingsSource(cls, by_group(cls, variables)) for variables in read]
        return init_settings, *grouped

    @cached_property
    def paths(self) -> RuntimePaths:
        """All paths, with the runtime folder made absolute."""
        return RuntimePaths(self.runtime_directory.absolute())

    @property
    def database_address(self) -> str:
        """The database's address with the default filled in; contains the password if one is set."""
        return self.database.url or f"sqlite:///{self.paths.database}"

    @property
    def tracking_uri(self) -> str:
        """Where MLflow records runs."""
        return self.mlflow.tracking_uri or f"sqlite:///{self.paths.mlflow_store}"

    @property
    def tracking_url(self) -> str | None:
        """The address of the MLflow server, without user and password; None where runs are in a store."""
        parts = urlsplit(self.tracking_uri)
        if parts.scheme not in ("http", "https"):
            return None
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def reading_needs_key(self) -> bool:
        """Whether reading and predicting need a key: by setting, or because other machines can connect."""
        return self.access.require_key or self.others_can_connect

    @property
    def others_can_connect(self) -> bool:
        """Whether other machines can connect to the service."""
        return not _is_loopback(self.addresses.backend_host)

    @property
    def dashboard_is_open(self) -> bool:
        """Whether others can connect to the dashboard, and nothing asks who they are."""
        is_local = _is_loopback(self.addresses.dashboard_host)
        return not (is_local or self.dashboard.signed_in_by_proxy)


def settings_or_exit() -> Settings:
    """Return the settings; exit with one sentence if one of them is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise SystemExit(sentence_about(Settings, problem["loc"], problem["msg"])) from None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
