"""The inputs of the model: one definition for validation, forms, columns and training order.

They are the ``[[inputs]]`` of ``table.toml``.
"""

from collections.abc import Iterable, Sequence
from math import nan
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, create_model

from storage.domain.feature import Feature
from storage.domain.table import TABLE

FEATURES: tuple[Feature, ...] = tuple(TABLE.inputs)
FEATURE_NAMES: tuple[str, ...] = TABLE.names
EXAMPLE: dict[str, Any] = {feature.name: feature.example for feature in FEATURES}
"""A number of each input, or the word of a category."""
ARE_PLAIN = not any(feature.is_category or feature.missing for feature in FEATURES)
"""Whether each input is a number that is always there: then rows are as they are at every border."""


_NUMBERS: tuple[dict[object, float] | None, ...] = tuple(
    {word: float(place) for place, word in enumerate(feature.categories)}
    if feature.categories is not None
    else None
    for feature in FEATURES
)
"""The position of each word, for an input that is one of some categories."""


def numbers_of(values: Iterable[Any]) -> list[float]:
    """Return a row as it is in an array, of one as at a border: ``Feature.number_of`` for every request.

    Raises
    ------
    KeyError
        If there is no such category.
    """
    return [
        nan if value is None else value if known is None else known[value]
        for known, value in zip(_NUMBERS, values, strict=True)
    ]


def values_of(vector: Sequence[float]) -> list[float | str | None]:
    """Return a row of an array as it is at a border: numbers, words, and None where a value is missing."""
    if ARE_PLAIN:
        return list(vector)
    return [feature.value_of(value) for feature, value in zip(FEATURES, vector, strict=True)]


class InputRow(BaseModel):
    """One row as the model sees it; its fields are the inputs."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    if TYPE_CHECKING:

        def __init__(self, **values: Any) -> None: ...

        def __getattr__(self, name: str) -> Any: ...

    def vector(self) -> list[float]:
        """Return the row as it is in an array, in training order."""
        values = self.__dict__.values()
        return list(values) if ARE_PLAIN else numbers_of(values)

    @classmethod
    def of(cls, vector: Sequence[float]) -> Self:
        """Return a row of an array, not validated: a training table may hold what the service refuses."""
        values = dict(zip(FEATURE_NAMES, values_of(vector), strict=True))
        return cast(Self, cls.model_construct(None, **values))


def _annotated(feature: Feature) -> Any:
    """Return the type of an input's field and, where it may be left out, its default."""
    kind = _word(feature) if feature.is_category else _number(feature)
    return (kind | None, None) if feature.missing else kind


def _word(feature: Feature) -> Any:
    extra: dict[str, Any] = {"label": feature.label}
    described = Field(
        description=feature.described, examples=[feature.example], json_schema_extra=extra
    )
    return Annotated[Literal[tuple(feature.categories or ())], described]


def _number(feature: Feature) -> Any:
    described = Field(
        ge=feature.minimum,
        le=feature.maximum,
        multiple_of=1 if feature.kind == "integer" else None,
        allow_inf_nan=False,
        description=feature.described,
        examples=[feature.example],
        json_schema_extra={
            "label": feature.label,
            "unit": feature.unit,
            "typical_minimum": feature.typical.lowest,
            "typical_maximum": feature.typical.highest,
            "step": feature.step,
        },
    )
    return Annotated[float, described]


DOCUMENTATION = f"""One {TABLE.subject.singular}, as the model sees it.

Strict: a string, a boolean, NaN or an infinity is not a number here, and an unknown name is an error.
"""

if TYPE_CHECKING:
    FeatureName = str

    class HousingFeatures(InputRow):
        """The row of this table."""

else:
    FeatureName = Literal[FEATURE_NAMES]
    HousingFeatures = create_model(
        "HousingFeatures",
        __base__=InputRow,
        __module__=__name__,
        __doc__=DOCUMENTATION,
        **{feature.name: _annotated(feature) for feature in FEATURES},
    )
