"""Every setting of the service, the training and the processes: type, default, unit and help.

Read from the environment and a ``.env`` file, prefix ``HOUSING_``. The dashboard's own are in
``dashboard/settings.py``; the README's table is made from both.
"""

from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.paths import RuntimePaths


class Settings(BaseSettings):
    """The settings; a time is in ``_seconds``, a size in ``_bytes``."""

    model_config = SettingsConfigDict(
        env_prefix="HOUSING_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    runtime_directory: Path = Field(
        Path("runtime"), description="Folder for everything the running system writes."
    )
    database_url: str = Field(
        "",
        description="SQLAlchemy address of the log database, such as postgresql://user:password@host/name."
        " Empty: SQLite in the runtime folder.",
    )
    backend_host: str = Field("127.0.0.1", description="Address the service binds to.")
    backend_port: int = Field(5000, ge=1, le=65535, description="Port of the service.")
    backend_url: str = Field(
        "", description="Where clients find the service. Empty: the loopback address and its port."
    )
    backend_workers: int = Field(2, ge=1, le=64, description="Worker processes of the service.")
    backend_threads: int = Field(4, ge=1, le=256, description="Threads in each worker process.")
    request_limit_bytes: int = Field(
        8 * 1024 * 1024, ge=1024, description="Largest request body; a larger one is answered 413."
    )
    require_key: bool = Field(
        False,
        description="Ask for a key on reading and predicting too. Always so off the loopback address.",
    )
    viewer_key: SecretStr | None = Field(None, description="Key that may read and predict.")
    operator_key: SecretStr | None = Field(
        None, description="Key that may also ask for retraining."
    )
    admin_key: SecretStr | None = Field(None, description="Key that may also clear and configure.")
    dashboard_port: int = Field(8501, ge=1, le=65535, description="Port of the dashboard.")
    dashboard_host: str = Field("127.0.0.1", description="Address the dashboard binds to.")
    mlflow_host: str = Field("127.0.0.1", description="Address the MLflow server binds to.")
    mlflow_port: int = Field(5001, ge=1, le=65535, description="Port of the MLflow server.")
    mlflow_allowed_hosts: str = Field(
        "mlflow-server:*,localhost:*,127.0.0.1:*",
        description="Host headers the MLflow server answers to, separated by commas.",
    )
    mlflow_tracking_uri: str = Field(
        "",
        description="Where training runs are recorded. Empty: a SQLite store in the runtime folder.",
    )
    mlflow_url: str = Field(
        "http://127.0.0.1:5001",
        pattern="^https?://",
        description="Address of MLflow as the operator's browser reaches it; links to runs lead there.",
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$",
        description="Lowest level that is logged.",
    )
    model_poll_seconds: float = Field(
        1.0, gt=0, le=60, description="How often a worker looks whether the champion changed."
    )
    spool_segment_bytes: int = Field(
        16 * 1024 * 1024, ge=4096, description="Size at which a process starts a new spool file."
    )
    log_writer_poll_seconds: float = Field(
        0.2, gt=0, le=60, description="Pause of the log-writer when the spool is empty."
    )
    log_writer_batch_bytes: int = Field(
        1024 * 1024, ge=65536, description="Spool bytes moved into the database in one transaction."
    )
    prediction_retention_days: float = Field(
        365.0, gt=0, le=36500, description="Age at which logged predictions are removed."
    )
    request_retention_days: float = Field(
        30.0, gt=0, le=36500, description="Age at which rows of answered requests are removed."
    )
    log_retention_days: float = Field(
        30.0, gt=0, le=36500, description="Age at which log lines are removed."
    )
    database_limit_bytes: int = Field(
        16 * 1024**3,
        ge=0,
        description="Size of the log database beyond which its oldest records are removed. 0: no limit.",
    )
    command_timeout_seconds: float = Field(
        10.0, gt=0, le=120, description="How long the service waits for the log-writer to act."
    )
    worker_poll_seconds: float = Field(
        1.0, gt=0, le=3600, description="How often the worker looks for retraining triggers."
    )
    monitor_interval_seconds: float = Field(
        30.0, gt=0, le=86400, description="Pause between two probes of the monitor."
    )
    training_threads: int = Field(
        2, ge=1, le=256, description="Threads that fitting a model may use."
    )
    random_seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        description="Seed of the split, of every candidate and of the search.",
    )
    candidates: str = Field(
        "",
        description="Names of the models that compete in a training, separated by commas. Empty: all of"
        " training/models/candidates.py.",
    )
    promotion_margin_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="Rise of the RMSE over the champion's, on the whole of the test part or the recent part,"
        " that still counts as not worse.",
    )
    promotion_slice_margin_share: float = Field(
        0.1,
        ge=0,
        le=10,
        description="Rise of the RMSE over the champion's in one kind of district beyond which, if it is"
        " beyond doubt, a challenger is not promoted.",
    )
    promotion_slice_minimum_rows: int = Field(
        50, ge=2, description="Test rows of a kind of district below which it is not judged."
    )
    promotion_coverage_margin_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="By how much the share of prices in their interval may be below the promised one, beside"
        " chance.",
    )
    promotion_latency_budget_microseconds: float = Field(
        1_000.0,
        gt=0,
        description="Longest median time of one prediction of a challenger. A compiled model takes 40 to"
        " 250 us; one that falls back to a slow public predict is over the default.",
    )
    promotion_recent_days: float = Field(
        30.0,
        gt=0,
        le=36500,
        description="How far back labelled predictions are the recent part, if the trigger names no window.",
    )
    promotion_recent_minimum_rows: int = Field(
        100, ge=2, description="Labelled predictions below which there is no recent part."
    )
    promotion_recent_most_rows: int = Field(
        10_000, ge=100, le=100_000, description="Newest labelled predictions in the recent part."
    )
    promotion_recent_share: float = Field(
        0.3,
        ge=0.05,
        le=0.95,
        description="Share of places, by a hash, whose labelled predictions are never learned from: they are"
        " kept for the recent part.",
    )
    training_labelled_days: float = Field(
        90.0,
        gt=0,
        le=36500,
        description="How far back before its trigger a retraining learns from labelled predictions.",
    )
    training_labelled_most_rows: int = Field(
        10_000,
        ge=0,
        le=100_000,
        description="Newest labelled predictions that a retraining looks at. 0: it learns from the base table"
        " alone.",
    )
    training_labelled_minimum_rows: int = Field(
        100,
        ge=1,
        description="Labelled predictions to learn from below which it learns from the base table alone.",
    )
    training_labelled_weight: float = Field(
        1.0,
        gt=0,
        le=100,
        description="Weight of a labelled prediction in the fit; a row of the base table weighs 1.",
    )
    training_labelled_outlier_distance: float = Field(
        4.0,
        gt=0,
        description="Robust standard deviations from what similar districts cost beyond which an actual"
        " value is not believed.",
    )
    watch_days: float = Field(
        7.0,
        ge=0,
        le=365,
        description="How long a promoted version is compared with the one before it on what it answered, to"
        " be rolled back if it is worse. 0: never.",
    )
    watch_minimum_rows: int = Field(
        100, ge=10, description="Labelled predictions below which a promoted version is not judged."
    )
    watch_confidence_share: float = Field(
        0.95,
        ge=0.5,
        le=0.99,
        description="Confidence, all looks of a watch together, at which a promoted version is rolled back.",
    )
    watch_manual_promotions: bool = Field(
        False,
        description="Watch what a person promoted too. Off: only what the promotion gate let through.",
    )
    shadow_share: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the logged predictions that the newest challenger answers too, silently.",
    )
    shadow_batch_rows: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="Logged predictions that the worker looks at in one round of silent answers.",
    )
    shadow_minimum_rows: int = Field(
        100, ge=10, description="Silent answers below which there are no figures of them."
    )
    search_trials: int = Field(
        4,
        ge=0,
        le=1000,
        description="Configurations of the neighbour boosting that a training tries beside its default one.",
    )
    search_space: str = Field(
        "",
        description="What those are drawn from, as JSON: parameters of its pipeline and their values, as in"
        ' {"regressor__near__learning_rate": [0.04, 0.08]}. Empty: the space in training/fitting/search.py.',
    )

    @cached_property
    def paths(self) -> RuntimePaths:
        """Where everything lies, with the runtime folder made absolute."""
        return RuntimePaths(self.runtime_directory.absolute())

    @property
    def database_address(self) -> str:
        """The database's address with the default filled in; contains the password if one is set."""
        return self.database_url or f"sqlite:///{self.paths.database}"

    @property
    def service_url(self) -> str:
        """Where clients find the service."""
        return self.backend_url or f"http://127.0.0.1:{self.backend_port}"

    @property
    def tracking_uri(self) -> str:
        """Where MLflow records runs."""
        return self.mlflow_tracking_uri or f"sqlite:///{self.paths.mlflow_store}"

    @property
    def tracking_url(self) -> str | None:
        """The address of the MLflow server, without user and password; None where runs are in a store."""
        parts = urlsplit(self.tracking_uri)
        if parts.scheme not in ("http", "https"):
            return None
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def reading_needs_key(self) -> bool:
        """Whether reading and predicting need a key: by setting, or because others can connect."""
        return self.require_key or not _is_loopback(self.backend_host)


def settings_or_exit() -> Settings:
    """Return the settings; end the program with one sentence when one of them is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(map(str, problem["loc"])).upper()
        raise SystemExit(f"The setting HOUSING_{name} is wrong: {problem['msg']}.") from None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
