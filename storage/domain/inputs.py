"""The inputs of the model: one definition for validation, forms, columns and training order.

They are the ``[[inputs]]`` of ``table.toml``.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from storage.domain.feature import Feature
from storage.domain.table import TABLE

FEATURES: tuple[Feature, ...] = tuple(TABLE.inputs)
FEATURE_NAMES: tuple[str, ...] = TABLE.names
EXAMPLE: dict[str, Any] = {feature.name: feature.example for feature in FEATURES}
"""A number of each input, or the word of a category."""


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
