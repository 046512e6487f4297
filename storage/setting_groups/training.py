"""The settings of training: the fit, the search, the worker that retrains, and MLflow."""

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, field_validator

from storage.setting_groups.environment import SettingGroup, Variable
from storage.setting_groups.sqlite_address import refuse_no_file


class TrainingSettings(SettingGroup):
    """What a training learns from, and its use of the machine."""

    prefix: ClassVar[str] = "HOUSING_TRAINING_"

    random_seed: Annotated[int, Variable("HOUSING_RANDOM_SEED")] = Field(
        0,
        ge=0,
        le=2**32 - 1,
        description="Seed of the split, of every candidate and of the search.",
    )
    candidates: Annotated[str, Variable("HOUSING_CANDIDATES")] = Field(
        "",
        description="Names of the candidates of a training, separated by commas. Empty: all of"
        " training/models/candidates.py.",
    )
    threads: int = Field(
        2,
        ge=1,
        le=256,
        description="Threads for fitting a model on 50,000 rows or more; fewer rows take one.",
    )
    labelled_days: float = Field(
        90.0,
        gt=0,
        le=36500,
        description="Age, at its trigger, up to which a retraining learns from labelled predictions.",
    )
    labelled_most_rows: int = Field(
        10_000,
        ge=0,
        le=100_000,
        description="Most labelled predictions that a retraining reads, the newest first. 0: it learns"
        " from the base table only.",
    )
    labelled_minimum_rows: int = Field(
        100,
        ge=1,
        description="Usable labelled predictions below which it learns from the base table only.",
    )
    labelled_weight: float = Field(
        1.0,
        gt=0,
        le=100,
        description="Weight of a labelled prediction in the fit; a row of the base table weighs 1.",
    )
    labelled_outlier_distance: float = Field(
        4.0,
        gt=0,
        description="Distance from similar rows' values, in robust standard deviations, above which an"
        " actual value is left out as implausible.",
    )


class VersionSettings(SettingGroup):
    """How many trained versions are kept."""

    prefix: ClassVar[str] = "HOUSING_VERSIONS_"

    kept: int = Field(
        20,
        ge=0,
        description="Newest versions that are kept. Older ones are removed after a training, with their"
        " artifacts in MLflow, except for the champion, the five that rollbacks lead to and pinned ones."
        " 0: all are kept.",
    )


class SearchSettings(SettingGroup):
    """What a training searches besides the default configurations."""

    prefix: ClassVar[str] = "HOUSING_SEARCH_"

    trials: int = Field(
        4,
        ge=0,
        le=1000,
        description="Configurations of the neighbour boosting that a training tries besides the default.",
    )
    space: str = Field(
        "",
        description="Values to draw from, as JSON: parameters of its pipeline and their values, as in"
        ' {"regressor__near__learning_rate": [0.04, 0.08]}. Empty: the space in training/fitting/search.py.',
    )


class WorkerSettings(SettingGroup):
    """How the worker waits for triggers."""

    prefix: ClassVar[str] = "HOUSING_WORKER_"

    poll_seconds: float = Field(
        1.0, gt=0, le=3600, description="How often the worker checks for triggers."
    )


class MlflowSettings(SettingGroup):
    """Where runs are recorded, and whom the MLflow server answers."""

    prefix: ClassVar[str] = "HOUSING_MLFLOW_"

    tracking_uri: str = Field(
        "",
        description="Where training runs are recorded. Empty: a SQLite store in the runtime folder.",
    )
    allowed_hosts: str = Field(
        "mlflow-server:*,localhost:*,127.0.0.1:*",
        description="Host headers that the MLflow server accepts, separated by commas.",
    )
    user: str = Field(
        "mlflow",
        pattern="^[^:]+$",
        description="User that the MLflow server asks for, with the password.",
    )
    password: SecretStr | None = Field(
        None,
        min_length=16,
        description="Password that the MLflow server asks for. Without it, the server binds to the loopback"
        " address only.",
    )

    @field_validator("tracking_uri")
    @classmethod
    def _is_a_file(cls, uri: str) -> str:
        refuse_no_file(uri)
        return uri
