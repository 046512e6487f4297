"""What a retraining does otherwise than the settings say, in words."""

from backend.contract.monitoring import TrainingPlan


def plan_words(plan: TrainingPlan) -> str:
    """Say what a retraining does otherwise, as Markdown.

    Examples
    --------
    >>> plan_words(TrainingPlan(labelled_days=7, labelled_weight=2, candidates=("one", "two")))
    'labelled predictions of 7 days; each weighs 2; only One, Two'
    """
    parts = []
    if plan.labelled_days is not None:
        parts.append(f"labelled predictions of {plan.labelled_days:g} days")
    if plan.labelled_most_rows is not None:
        parts.append(f"the newest {plan.labelled_most_rows:,} of them")
    if plan.labelled_weight is not None:
        parts.append(f"each weighs {plan.labelled_weight:g}")
    if plan.candidates is not None:
        parts.append(f"only {', '.join(map(candidate_label, plan.candidates))}")
    return "; ".join(parts)


def candidate_label(name: str) -> str:
    """Write the name of a candidate for a person.

    Examples
    --------
    >>> candidate_label("linear_regression")
    'Linear regression'
    """
    return name.replace("_", " ").capitalize()
