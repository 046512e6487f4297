"""The eight inputs of the model: one definition for validation, forms, columns and training order.

Source of the ranges: the California Housing table (US Census 1990; Pace and Barry, 1997). ``minimum``
and ``maximum`` are what the service accepts; ``typical_minimum`` and ``typical_maximum`` are about the
0.1th and 99.9th percentile of the table, a sensible range for a form.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

FeatureName = Literal[
    "MedInc",
    "HouseAge",
    "AveRooms",
    "AveBedrms",
    "Population",
    "AveOccup",
    "Latitude",
    "Longitude",
]


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


def _feature(
    label: str,
    unit: str,
    description: str,
    *,
    accepted: tuple[float, float],
    typical: tuple[float, float],
    step: float,
    example: float,
) -> Any:
    return Field(
        ge=accepted[0],
        le=accepted[1],
        allow_inf_nan=False,
        description=f"{description} Unit: {unit}.",
        examples=[example],
        json_schema_extra={
            "label": label,
            "unit": unit,
            "typical_minimum": typical[0],
            "typical_maximum": typical[1],
            "step": step,
        },
    )


class HousingFeatures(BaseModel):
    """One census block group, as the model sees it.

    Strict: a string, a boolean, NaN or an infinity is not a number here, and an unknown name is an error.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    MedInc: Annotated[
        float,
        _feature(
            "Median income",
            "10,000 USD a year",
            "Median household income of the block group.",
            accepted=(0, 100),
            typical=(0.5, 15.0),
            step=0.1,
            example=8.3252,
        ),
    ]
    HouseAge: Annotated[
        float,
        _feature(
            "House age",
            "years",
            "Median age of the houses; the census recorded 52 for everything older.",
            accepted=(0, 200),
            typical=(1, 52),
            step=1,
            example=41.0,
        ),
    ]
    AveRooms: Annotated[
        float,
        _feature(
            "Rooms",
            "rooms per household",
            "Average number of rooms per household.",
            accepted=(0.1, 1_000),
            typical=(1.5, 30.0),
            step=0.1,
            example=6.9841,
        ),
    ]
    AveBedrms: Annotated[
        float,
        _feature(
            "Bedrooms",
            "bedrooms per household",
            "Average number of bedrooms per household.",
            accepted=(0.1, 500),
            typical=(0.6, 6.0),
            step=0.05,
            example=1.0238,
        ),
    ]
    Population: Annotated[
        float,
        _feature(
            "Population",
            "people",
            "People living in the block group.",
            accepted=(1, 100_000),
            typical=(10, 12_000),
            step=10,
            example=322.0,
        ),
    ]
    AveOccup: Annotated[
        float,
        _feature(
            "Occupancy",
            "people per household",
            "Average number of people per household.",
            accepted=(0.1, 5_000),
            typical=(1.0, 12.0),
            step=0.1,
            example=2.5556,
        ),
    ]
    Latitude: Annotated[
        float,
        _feature(
            "Latitude",
            "degrees north",
            "Latitude of the block group's centre.",
            accepted=(32, 42.5),
            typical=(32.5, 42.0),
            step=0.01,
            example=37.88,
        ),
    ]
    Longitude: Annotated[
        float,
        _feature(
            "Longitude",
            "degrees east",
            "Longitude of the block group's centre (negative: west).",
            accepted=(-125, -114),
            typical=(-124.4, -114.3),
            step=0.01,
            example=-122.23,
        ),
    ]

    def vector(self) -> list[float]:
        """Return the eight numbers in training order."""
        return list(self.__dict__.values())


def _describe(name: str, field: FieldInfo) -> Feature:
    extra: Any = field.json_schema_extra
    bounds = {type(bound).__name__: bound for bound in field.metadata}
    return Feature(
        name=name,
        label=extra["label"],
        unit=extra["unit"],
        description=str(field.description),
        minimum=bounds["Ge"].ge,
        maximum=bounds["Le"].le,
        typical_minimum=extra["typical_minimum"],
        typical_maximum=extra["typical_maximum"],
        step=extra["step"],
        example=(field.examples or [0.0])[0],
    )


FEATURES: tuple[Feature, ...] = tuple(
    _describe(name, field) for name, field in HousingFeatures.model_fields.items()
)
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
INCOME, AGE, ROOMS, BEDROOMS, POPULATION, OCCUPANCY, LATITUDE, LONGITUDE = range(len(FEATURE_NAMES))
"""The columns of an array of inputs, shape (n, 8)."""
EXAMPLE: dict[str, float] = {feature.name: feature.example for feature in FEATURES}
