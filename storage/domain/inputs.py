"""The inputs of the model: one definition for validation, forms, columns and training order.

They are those of ``table.toml``. ``minimum`` and ``maximum`` are what the service accepts;
``typical_minimum`` and ``typical_maximum`` a sensible range for a form.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from storage.domain.definition import Input
from storage.domain.table import TABLE


@dataclass(frozen=True)
class Feature:
    """One input: how it is named, measured and bounded."""

    name: str
    label: str
    unit: str
    description: str
    minimum: float
    maximum: float
    typical_minimum: float
    typical_maximum: float
    step: float
    example: float


def _feature(one: Input) -> Feature:
    return Feature(
        name=one.name,
        label=one.label,
        unit=one.unit,
        description=f"{one.description} Unit: {one.unit}.",
        minimum=one.accepted.lowest,
        maximum=one.accepted.highest,
        typical_minimum=one.typical.lowest,
        typical_maximum=one.typical.highest,
        step=one.step,
        example=one.example,
    )


FEATURES: tuple[Feature, ...] = tuple(_feature(one) for one in TABLE.inputs)
FEATURE_NAMES: tuple[str, ...] = TABLE.names
INCOME, AGE, ROOMS, BEDROOMS, POPULATION, OCCUPANCY, LATITUDE, LONGITUDE = map(
    FEATURE_NAMES.index,
    (
        *("MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup"),
        *("Latitude", "Longitude"),
    ),
)
"""The columns of an array of inputs, shape (n, 8), that features of this table are made of."""
EXAMPLE: dict[str, float] = {feature.name: feature.example for feature in FEATURES}


class InputRow(BaseModel):
    """One row as the model sees it; its fields are the inputs."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    if TYPE_CHECKING:

        def __init__(self, **values: float) -> None: ...

        def __getattr__(self, name: str) -> float: ...

    def vector(self) -> list[float]:
        """Return the numbers in training order."""
        return list(self.__dict__.values())


def _field(feature: Feature) -> Any:
    return Field(
        ge=feature.minimum,
        le=feature.maximum,
        allow_inf_nan=False,
        description=feature.description,
        examples=[feature.example],
        json_schema_extra={
            "label": feature.label,
            "unit": feature.unit,
            "typical_minimum": feature.typical_minimum,
            "typical_maximum": feature.typical_maximum,
            "step": feature.step,
        },
    )


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
        **{feature.name: Annotated[float, _field(feature)] for feature in FEATURES},
    )
