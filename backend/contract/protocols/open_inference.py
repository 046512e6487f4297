"""The Open Inference Protocol, version 2, as far as a tabular model needs it.

Its answers have the protocol's own fields only; errors are the one shape, whose ``error`` is the protocol's.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.contract.base import Request, Storable, Strict
from backend.contract.predictions import LARGEST_BATCH, NUMBER_OF_INPUTS

LONGEST_NAME = 200
MOST_PARAMETERS = 100
LONGEST_DATA = LARGEST_BATCH * NUMBER_OF_INPUTS

Scalar = float | str | bool | None
Parameters = dict[str, Any]
Datatype = Literal[
    "FP16",
    "FP32",
    "FP64",
    "INT8",
    "INT16",
    "INT32",
    "INT64",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "BYTES",
]


class InferInput(Strict):
    """One tensor of the inputs: of one input, or of all of them in the documented order."""

    name: Storable = Field(max_length=LONGEST_NAME, description="Of the input.")
    shape: list[int] = Field(
        min_length=1, max_length=2, description="`[n]` or `[n, 1]`; `[n, k]` if it is the only one."
    )
    datatype: Datatype = Field(description="Of its values; BYTES are words.")
    data: list[Scalar | list[Scalar]] | None = Field(
        None,
        max_length=LONGEST_DATA,
        description="The values, flat or row by row; null where one is missing. Not with binary data.",
    )
    parameters: Parameters | None = Field(
        None, max_length=MOST_PARAMETERS, description="`binary_data_size`, if its data are binary."
    )


class InferOutput(Strict):
    """An output that is wanted."""

    name: Literal["prediction", "lower", "upper", "prediction_id"] = Field(
        description="Of the output."
    )
    parameters: Parameters | None = Field(
        None, max_length=MOST_PARAMETERS, description="`binary_data`: whether it is sent as binary."
    )


class InferRequest(Request):
    """POST /v2/models/{model_name}/infer"""

    id: str | None = Field(None, max_length=LONGEST_NAME, description="Your own id; it comes back.")
    parameters: Parameters | None = Field(
        None,
        max_length=MOST_PARAMETERS,
        description="Come back. `binary_data_output`: whether the outputs are sent as binary.",
    )
    inputs: list[InferInput] = Field(
        min_length=1, max_length=NUMBER_OF_INPUTS, description="The tensors of the inputs."
    )
    outputs: list[InferOutput] | None = Field(
        None, max_length=4, description="The outputs that are wanted; all of them by default."
    )


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class TensorDescription(_Answer):
    """A tensor of the model; -1 stands for any number of rows."""

    name: str = Field(description="Of the input or output.")
    datatype: str = Field(description="As it is described; other numbers are taken too.")
    shape: list[int] = Field(description="Rows, and columns of an input.")


class InferenceServer(_Answer):
    """GET /v2"""

    name: str = Field(description="Of the service.")
    version: str = Field(description="Of the service.")
    extensions: list[str] = Field(description="Of the protocol, that are supported.")


class ServerLive(_Answer):
    """GET /v2/health/live"""

    live: bool = Field(description="Always true: the process runs.")


class ServerReady(_Answer):
    """GET /v2/health/ready"""

    ready: bool = Field(description="Whether a model is loaded and predictions can be logged.")


class ModelReady(_Answer):
    """GET /v2/models/{model_name}/ready"""

    name: str = Field(description="Of the model.")
    ready: bool = Field(description="Always true: a model that is not ready is an error.")


class InferenceModel(_Answer):
    """GET /v2/models/{model_name}"""

    name: str = Field(description="Of the model.")
    versions: list[str] = Field(description="The version that is served: the champion.")
    platform: str = Field(description="Kind of model.")
    inputs: list[TensorDescription] = Field(description="In the order of a tensor of all of them.")
    outputs: list[TensorDescription] = Field(description="Of each row.")


class OutputTensor(_Answer):
    """One tensor of the outputs."""

    name: str = Field(description="Of the output.")
    datatype: str = Field(description="FP64, or BYTES for ids.")
    shape: list[int] = Field(description="The number of rows.")
    parameters: Parameters | None = Field(
        None,
        description="`binary_data_size`, if its data are binary.",
        exclude_if=lambda value: value is None,
    )
    data: list[float] | list[str] | None = Field(
        None, description="One for each row.", exclude_if=lambda value: value is None
    )


class InferResponse(_Answer):
    """The answer of infer: `prediction`, `lower` and `upper` in the target's unit, and `prediction_id`."""

    model_name: str = Field(description="Of the model.")
    model_version: str = Field(description="The version that answered.")
    id: str | None = Field(
        None, description="As it was sent.", exclude_if=lambda value: value is None
    )
    parameters: Parameters | None = Field(
        None, description="As they were sent.", exclude_if=lambda value: value is None
    )
    outputs: list[OutputTensor] = Field(description="The outputs that were asked for.")
