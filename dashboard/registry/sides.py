"""The two versions that are compared, as the page calls them."""

from dataclasses import dataclass

from backend.contract.models.registry import ModelsResponse, ModelVersion
from backend.contract.models.version import VersionResponse
from dashboard.wording.version_words import NOUNS, state_of


@dataclass(frozen=True)
class Name:
    """What a version is called: ``label`` heads its column, ``noun`` stands after "the" in a sentence."""

    label: str
    noun: str


@dataclass(frozen=True)
class Side:
    """One of the versions, and what it is called."""

    name: Name
    report: VersionResponse


def names(models: ModelsResponse, left: ModelVersion, right: ModelVersion | None) -> list[Name]:
    """Return what each is called: by its state, and where both have the same one also by its side."""
    states = [state_of(one, models) for one in (left, right) if one is not None]
    if len(set(states)) == len(states):
        return [Name(state, NOUNS[state]) for state in states]
    return [
        Name(f"{state}, {side}", f"{NOUNS[state]} on the {side}")
        for state, side in zip(states, ("left", "right"), strict=True)
    ]
