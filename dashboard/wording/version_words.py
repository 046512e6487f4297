"""Versions in words: the name of the model, and the role of each among the others."""

from backend.contract.models.registry import ModelsResponse, ModelVersion

CHAMPION, PREVIOUS, CHALLENGER, EARLIER = "Champion", "Previous", "Challenger", "Earlier"
ROLLED_BACK, IDENTICAL = "Rolled back", "Identical"
NOUNS = {
    CHAMPION: "champion",
    CHALLENGER: "challenger",
    PREVIOUS: "previous version",
    EARLIER: "earlier version",
    ROLLED_BACK: "rolled-back version",
    IDENTICAL: "identical version",
}
"""What a sentence calls a version in each state, after "the"."""


VERSION_LETTERS = 8


def short_version(version: str) -> str:
    """Return the end of a version's name, which identifies it.

    Examples
    --------
    >>> short_version("20261125T214922Z-628e4661")
    '628e4661'
    """
    return version[-VERSION_LETTERS:]


def model_label(version: ModelVersion) -> str:
    """Return the name of the kind of model."""
    return version.model_name.replace("_", " ").capitalize()


def state_of(version: ModelVersion, models: ModelsResponse) -> str:
    """Return the state of a version; a challenger was trained after the champion and never served.

    A rollback leads to the previous one, never to one that was rolled back from. One that answers as the
    champion does is identical, whenever it was trained.
    """
    if version.is_champion:
        return CHAMPION
    if version.is_previous:
        return PREVIOUS
    if version.is_rolled_back:
        return ROLLED_BACK
    if version.same_as_champion == "identical":
        return IDENTICAL
    champion = champion_of(models)
    is_newer = champion is None or version.created_at > champion.created_at
    return CHALLENGER if is_newer and not version.has_served else EARLIER


def champion_of(models: ModelsResponse) -> ModelVersion | None:
    """Return the version that serves; None if the pointer is lost."""
    return next((one for one in models.versions if one.is_champion), None)


def choice_label(version: ModelVersion, models: ModelsResponse) -> str:
    """Return a version as a list of choices shows it."""
    return f"{version.version} · {model_label(version)} · {state_of(version, models).lower()}"
