"""Every setting of every process, read from the environment and a ``.env`` file, prefix ``HOUSING_``.

Those of each room are in ``storage/setting_groups``, with type, default, unit and help; the reference tables
are generated from them. All processes may share one ``.env``, so each knows every name and refuses unknown
ones.
"""

import os
import sys
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from storage.domain.table import TABLE
from storage.env_file import ENCODING, assignments
from storage.errors import InvalidInput
from storage.paths import RuntimePaths
from storage.runtime_folder import refuse_unusable
from storage.runtime_table import refuse_other_table
from storage.setting_groups.addresses import Addresses
from storage.setting_groups.alerts import AlertSettings
from storage.setting_groups.backend import (
    AccessSettings,
    BackendSettings,
    DashboardSettings,
    MonitorSettings,
)
from storage.setting_groups.environment import by_group, sentence_about, variables_of
from storage.setting_groups.hosts import is_only_loopback
from storage.setting_groups.known_hosts import KnownHosts
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
    VersionSettings,
    WorkerSettings,
)


class Settings(BaseSettings):
    """The settings, by room. A group passed as an argument replaces that of the environment."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding=ENCODING,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    runtime_directory: Path = Field(
        Path("runtime"), description="Folder for everything that the running system writes."
    )
    table: Path | None = Field(
        None,
        description="Folder with the definition of the table to predict on (table.toml) and its rows. Empty:"
        " the embedded table, California housing.",
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
    alerts: AlertSettings = AlertSettings()
    training: TrainingSettings = TrainingSettings()
    versions: VersionSettings = VersionSettings()
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

    @field_validator("runtime_directory")
    @classmethod
    def _from_home(cls, folder: Path) -> Path:
        if not str(folder).isprintable():
            raise ValueError("The path has characters that are not UTF-8 or not printable")
        try:
            return folder.expanduser()
        except RuntimeError as error:
            raise ValueError(f"There is no user whose home folder is {folder.parts[0]}") from error

    @cached_property
    def paths(self) -> RuntimePaths:
        """All paths, with the runtime folder made absolute: from the working folder, if it is relative."""
        return RuntimePaths(self.runtime_directory.absolute())

    @property
    def database_address(self) -> str:
        """The database's address with the default filled in; contains the password if one is set."""
        return self.database.url or _sqlite(self.paths.database)

    @property
    def tracking_uri(self) -> str:
        """Where MLflow records runs."""
        return self.mlflow.tracking_uri or _sqlite(self.paths.mlflow_store)

    @property
    def tracking_url(self) -> str | None:
        """The address of the MLflow server, without user and password; None where runs are in a store."""
        parts = urlsplit(self.tracking_uri)
        if parts.scheme not in ("http", "https"):
            return None
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @cached_property
    def reading_needs_key(self) -> bool:
        """Whether reading and predicting need a key: by setting, or because other machines can connect."""
        return self.access.require_key or self.others_can_connect

    @property
    def others_can_connect(self) -> bool:
        """Whether other machines can connect to the service."""
        return not is_only_loopback(self.addresses.backend_host)

    @cached_property
    def service_hosts(self) -> KnownHosts:
        """The names of the service."""
        names = [self.addresses.backend_host, urlsplit(self.addresses.backend_url).hostname or ""]
        return self._known(names, self.others_can_connect)

    @cached_property
    def dashboard_hosts(self) -> KnownHosts:
        """The names of the dashboard."""
        host = self.addresses.dashboard_host
        return self._known([host], self.dashboard.signed_in_by_proxy or not is_only_loopback(host))

    def _known(self, names: list[str], elsewhere: bool) -> KnownHosts:
        allowed = self.access.allowed_hosts
        return KnownHosts([*names, *allowed.split(",")], any_name=elsewhere and not allowed.strip())

    @property
    def mlflow_is_open(self) -> bool:
        """Whether others can connect to the MLflow server, and nothing asks who they are."""
        return self.mlflow.password is None and not is_only_loopback(self.addresses.mlflow_host)

    @property
    def dashboard_is_open(self) -> bool:
        """Whether others can connect to the dashboard, and nothing asks who they are."""
        is_local = is_only_loopback(self.addresses.dashboard_host)
        return not (is_local or self.dashboard.signed_in_by_proxy)


def settings_or_exit(*, writes: bool = True) -> Settings:
    """Return the settings for a command; exit with one sentence if they or the runtime folder are unusable.

    Every command begins with this. One that ``writes`` to the runtime folder creates it.
    """
    _use_utf8()
    try:
        _refuse_doubtful(Settings.model_config.get("env_file"))
        settings = Settings()
    except InvalidInput as error:
        raise SystemExit(str(error)) from None
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        said = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "too_short":  # only a secret is: pydantic speaks of items
            said = f"It needs at least {problem['ctx']['min_length']} characters"
        raise SystemExit(sentence_about(Settings, problem["loc"], said)) from None
    refuse_unusable(settings.paths, writes=writes)
    refuse_other_table(settings.paths, TABLE, writes=writes)
    return settings


def _use_utf8() -> None:
    """Take paths as UTF-8 whatever the locale, and let an output that cannot show a letter show the rest."""
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        # Python decides this when it starts; in ASCII, no log could hold a path with other letters.
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _refuse_doubtful(env_file: object) -> None:
    """Refuse a ``.env`` file of which a line would be skipped without a word."""
    path = Path(env_file) if isinstance(env_file, str) else None
    if path is None or not os.path.lexists(path):  # where a link to nothing is, settings were meant
        return
    ours, given = variables_of(Settings), dict[str, str]()
    for each in assignments(path):
        name = each.name.upper()
        if name not in ours:
            continue
        if each.value is None:
            raise InvalidInput(
                f"Line {each.line} of {path} gives {each.name} no value; add =VALUE."
            )
        if given.setdefault(name, each.value) != each.value:
            raise InvalidInput(
                f"Line {each.line} of {path} gives {each.name} another value than a line before it; "
                "keep one of them."
            )


def _sqlite(path: Path) -> str:
    """Return SQLAlchemy's address of a file, whatever characters its path has."""
    quoted = quote(str(path))
    if quoted == str(path):
        return f"sqlite:///{path}"
    # With the driver named: MLflow makes the folder of an address without it, and would make the quoted one.
    return f"sqlite+pysqlite:///{quoted}"
