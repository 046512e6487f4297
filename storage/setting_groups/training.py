"""The settings of training: the fit, the search, the worker that retrains, and MLflow."""

from typing import Annotated, ClassVar

from pydantic import Field

from storage.setting_groups.environment import SettingGroup, Variable


class TrainingSettings(SettingGroup):
    """What a training learns from, and with how much of the machine."""

    prefix: ClassVar[str] = "HOUSING_TRAINING_"

    random_seed: Annotated[int, Variable("HOUSING_RANDOM_SEED")] = Field(
        0,
        ge=0,
        le=2**32 - 1,
        description="Seed of the split, of every candidate and of the search.",
    )
    candidates: Annotated[str, Variable("HOUSING_CANDIDATES")] = Field(
        "",
        description="Names of the models that compete in a training, separated by commas. Empty: all of"
        " training/models/candidates.py.",
    )
    threads: int = Field(2, ge=1, le=256, description="Threads that fitting a model may use.")
    labelled_days: float = Field(
        90.0,
        gt=0,
        le=36500,
        description="How far back before its trigger a retraining learns from labelled predictions.",
    )
    labelled_most_rows: int = Field(
        10_000,
        ge=0,
        le=100_000,
        description="Newest labelled predictions that a retraining looks at. 0: it learns from the base table"
        " alone.",
    )
    labelled_minimum_rows: int = Field(
        100,
        ge=1,
        description="Labelled predictions to learn from below which it learns from the base table alone.",
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
        description="Robust standard deviations from what similar districts cost beyond which an actual"
        " value is not believed.",
    )


class SearchSettings(SettingGroup):
    """What a training searches beside the default configurations."""

    prefix: ClassVar[str] = "HOUSING_SEARCH_"

    trials: int = Field(
        4,
        ge=0,
        le=1000,
        description="Configurations of the neighbour boosting that a training tries beside its default one.",
    )
    space: str = Field(
        "",
        description="What those are drawn from, as JSON: parameters of its pipeline and their values, as in"
        ' {"regressor__near__learning_rate": [0.04, 0.08]}. Empty: the space in training/fitting/search.py.',
    )


class WorkerSettings(SettingGroup):
    """How the worker waits for retrainings."""

    prefix: ClassVar[str] = "HOUSING_WORKER_"

    poll_seconds: float = Field(
        1.0, gt=0, le=3600, description="How often the worker looks for retraining triggers."
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
        description="Host headers the MLflow server answers to, separated by commas.",
    )
