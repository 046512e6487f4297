"""Reading a group of settings from environment variables: each setting has one name.

The name is the group's prefix and the setting's name in capitals (``HOUSING_WATCH_`` and ``days`` give
``HOUSING_WATCH_DAYS``), or the one in its annotation: ``Annotated[int, Variable("HOUSING_RANDOM_SEED")]``.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

PREFIX = "HOUSING_"


@dataclass(frozen=True)
class Variable:
    """The environment variable of a field, if it is not the group's prefix and the field's name."""

    name: str


class SettingGroup(BaseModel):
    """The settings of one room; a time is in ``_seconds``, a size in ``_bytes``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    prefix: ClassVar[str]

    @classmethod
    def variable(cls, field: str) -> str:
        """Return the environment variable of a field."""
        metadata = cls.model_fields[field].metadata
        declared = [each.name for each in metadata if isinstance(each, Variable)]
        return declared[0] if declared else f"{cls.prefix}{field.upper()}"


def variables_of(settings: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """Return the place of each environment variable: a field, or a group and its field."""
    places: dict[str, tuple[str, ...]] = {}
    for name, field in settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, SettingGroup):
            places |= {group.variable(each): (name, each) for each in group.model_fields}
        else:
            places[f"{PREFIX}{name.upper()}"] = (name,)
    return places


def by_group(settings: type[BaseModel], variables: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the values of environment variables, nested like the settings.

    An unknown variable with our prefix, or with one that must be meant as it, is kept under its own name, so
    that the settings refuse it.
    """
    places = variables_of(settings)
    nested: dict[str, Any] = {}
    for name, value in variables.items():
        variable = name.upper()
        *groups, field = places.get(variable, (variable,))
        if (
            variable in places
            or variable.startswith(PREFIX)
            or _has_mistyped_prefix(variable, places)
        ):
            within = nested.setdefault(groups[0], {}) if groups else nested
            within[field] = value
    return nested


def _has_mistyped_prefix(variable: str, places: Container[str]) -> bool:
    prefix, _, rest = variable.partition("_")
    return f"{PREFIX}{rest}" in places and bool(
        get_close_matches(f"{prefix}_", [PREFIX], cutoff=0.8)
    )


def sentence_about(settings: type[BaseModel], place: tuple[str | int, ...], problem: str) -> str:
    """Return one sentence about the setting at a place that pydantic reports as wrong."""
    places = variables_of(settings)
    names = {parts: variable for variable, parts in places.items()}
    if (variable := names.get(tuple(map(str, place)))) is not None:
        return f"The setting {variable} is wrong: {problem}."
    unknown = ".".join(map(str, place))
    closest = get_close_matches(unknown, places, n=1)
    hint = (
        f"did you mean {closest[0]}?"
        if closest
        else "remove it, or see docs/reference/settings.md."
    )
    return f"There is no setting {unknown}; {hint}"
