"""The settings of one retraining: those of the system, with what its plan says otherwise."""

from storage.schema.triggers import TrainingPlan
from storage.settings import Settings


def planned(settings: Settings, plan: TrainingPlan | None) -> Settings:
    """Return the settings that a retraining reads and weighs its rows by."""
    if plan is None:
        return settings
    said = plan.model_dump(exclude={"candidates"}, exclude_none=True)
    return settings.model_copy(update={"training": settings.training.model_copy(update=said)})
