"""Rows from the tensors of an Open Inference request, and its outputs from a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.contract.protocols.open_inference import (
    InferenceModel,
    InferInput,
    InferRequest,
    InferResponse,
    OutputTensor,
    Scalar,
    TensorDescription,
)
from backend.protocols.binary import read_tensor, write_tensor
from backend.serving.prediction_service import ModelAnswers
from backend.serving.served_model import ServedModel
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.table import TABLE
from storage.errors import InvalidInput

MODEL_NAME = TABLE.name
BINARY_SIZE = "binary_data_size"
BINARY_OUTPUT = "binary_data_output"
OUTPUTS = ("prediction", "lower", "upper", "prediction_id")
WORDS, NUMBERS = frozenset({str, type(None)}), frozenset({int, float, type(None)})
"""Classes of the values of a tensor; a bool is no number."""
NUMERIC = not any(feature.is_category for feature in FEATURES)
"""Whether all inputs are numbers: then one tensor may hold all of them."""

Row = dict[str, Any]


def described(model: ServedModel) -> InferenceModel:
    """Return what the protocol says of a model."""
    inputs = [
        TensorDescription(
            name=feature.name, datatype="BYTES" if feature.is_category else "FP64", shape=[-1, 1]
        )
        for feature in FEATURES
    ]
    outputs = [
        TensorDescription(name=name, datatype=_datatype(name), shape=[-1]) for name in OUTPUTS
    ]
    return InferenceModel(
        name=MODEL_NAME,
        versions=[model.manifest.version],
        platform=model.manifest.model_type,
        inputs=inputs,
        outputs=outputs,
    )


def rows_of(asked: InferRequest, binary: bytes) -> list[Row]:
    """Return the rows of a request, not validated; ``binary`` is what follows its JSON.

    Raises
    ------
    InvalidInput
        If the tensors do not fit together.
    """
    columns: dict[str, list[Scalar]] = {}
    for tensor in asked.inputs:
        if tensor.name in columns:
            raise InvalidInput(f"The input {tensor.name} is given twice.")
        columns[tensor.name], binary = _values(tensor, binary)
    if binary:
        raise InvalidInput(
            f"{len(binary)} binary bytes follow that no {BINARY_SIZE} of an input names."
        )
    only = asked.inputs[0]
    if len(asked.inputs) == 1 and only.name not in FEATURE_NAMES:
        return _rows_of_all(only, columns[only.name])
    for tensor in asked.inputs:
        if len(tensor.shape) == 2 and tensor.shape[1] != 1:
            raise InvalidInput(f"The shape of {tensor.name} is [n] or [n, 1], for it is one input.")
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise InvalidInput("The inputs have different numbers of rows; give each the same.")
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def answered(asked: InferRequest, draft: ModelAnswers) -> tuple[InferResponse, bytes]:
    """Return the answer to a request, and the binary data that follow it."""
    values = _outputs(draft)
    everywhere = (asked.parameters or {}).get(BINARY_OUTPUT) is True
    wanted: dict[str, dict[str, Any]] = {
        each.name: each.parameters or {} for each in asked.outputs or ()
    }
    tensors, parts = [], []
    for name in wanted or OUTPUTS:
        binary = wanted.get(name, {}).get("binary_data", everywhere) is True
        part = write_tensor(values[name]) if binary else b""
        parts.append(part)
        tensors.append(
            OutputTensor(
                name=name,
                datatype=_datatype(name),
                shape=[len(values[name])],
                parameters={BINARY_SIZE: len(part)} if binary else None,
                data=None if binary else values[name],
            )
        )
    said = {key: value for key, value in (asked.parameters or {}).items() if key != BINARY_OUTPUT}
    response = InferResponse(
        model_name=MODEL_NAME,
        model_version=draft.model_version,
        id=asked.id,
        parameters=said or None,
        outputs=tensors,
    )
    return response, b"".join(parts)


def _outputs(draft: ModelAnswers) -> Mapping[str, list[Any]]:
    found = draft.predictions
    return {
        "prediction": [each.value for each in found],
        "lower": [each.lower for each in found],
        "upper": [each.upper for each in found],
        "prediction_id": [each.prediction_id for each in found],
    }


def _datatype(output: str) -> str:
    return "BYTES" if output == "prediction_id" else "FP64"


def _values(tensor: InferInput, binary: bytes) -> tuple[list[Scalar], bytes]:
    """Return the values of a tensor, flat, and the binary data that are left."""
    size = (tensor.parameters or {}).get(BINARY_SIZE)
    if size is None:
        values = _flat(tensor)
    else:
        if tensor.data is not None or not isinstance(size, int) or not 0 <= size <= len(binary):
            raise InvalidInput(
                f"The {BINARY_SIZE} of {tensor.name} does not fit: it has data beside it, or fewer bytes "
                "follow "
                "the JSON, whose length Inference-Header-Content-Length says."
            )
        values = [*read_tensor(tensor.name, tensor.datatype, binary[:size])]
        binary = binary[size:]
    number = tensor.shape[0] * (tensor.shape[1] if len(tensor.shape) == 2 else 1)
    if min(tensor.shape) < 1 or number != len(values):
        raise InvalidInput(
            f"The shape of {tensor.name} is {tensor.shape}, but it has {len(values)} values."
        )
    return values, binary


def _flat(tensor: InferInput) -> list[Scalar]:
    if tensor.data is None:
        raise InvalidInput(f"The input {tensor.name} has no data.")
    width = tensor.shape[1] if len(tensor.shape) == 2 else 1
    flat: list[Scalar] = []
    for each in tensor.data:
        if isinstance(each, list):
            if len(each) != width:
                raise InvalidInput(f"A row of {tensor.name} has {len(each)} values, not {width}.")
            flat += each
        else:
            flat.append(each)
    _check_datatype(tensor, flat)
    return flat


def _check_datatype(tensor: InferInput, values: Sequence[Scalar]) -> None:
    kinds = WORDS if tensor.datatype == "BYTES" else NUMBERS
    whole = "INT" in tensor.datatype
    for value in values:
        if value.__class__ not in kinds or (
            whole and value.__class__ is float and not value.is_integer()
        ):
            raise InvalidInput(f"The data of {tensor.name} are not all {tensor.datatype}.")


def _rows_of_all(tensor: InferInput, values: Sequence[Scalar]) -> list[Row]:
    """Return the rows of one tensor of all inputs, in the documented order."""
    width = len(FEATURE_NAMES)
    if not NUMERIC:
        raise InvalidInput(
            f"There is no input {tensor.name}; some inputs are words, so send one tensor for each input."
        )
    if len(tensor.shape) != 2 or tensor.shape[1] != width:
        raise InvalidInput(
            f"There is no input {tensor.name}; one tensor of all inputs has the shape [n, {width}], in the "
            f"order {', '.join(FEATURE_NAMES[:16])}."
        )
    return [
        dict(zip(FEATURE_NAMES, values[begin : begin + width], strict=True))
        for begin in range(0, len(values), width)
    ]
