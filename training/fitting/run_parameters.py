"""What MLflow records of a training beside its rows: the seed, the search, and the retraining's plan."""

import json

from storage.schema.triggers import TrainingPlan
from storage.settings import Settings
from training.fitting.search import Search


def run_parameters(
    settings: Settings, search: Search | None, plan: TrainingPlan | None
) -> dict[str, str]:
    """Return the parameters of the parent run; those of a plan only if there is one."""
    parameters = {"seed": str(settings.training.random_seed)}
    if plan is not None:
        said = plan.model_dump(mode="json", exclude_none=True)
        parameters |= {f"plan_{name}": json.dumps(value) for name, value in said.items()}
    if search is None:
        return parameters
    return parameters | {
        "search_trials": str(settings.search.trials),
        "search_space": json.dumps(search.space),
    }
