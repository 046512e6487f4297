"""The binary tensors of the Open Inference Protocol: little endian, after the JSON of a body."""

import struct
from collections.abc import Sequence

import numpy as np

from storage.errors import InvalidInput

NUMBERS = {
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
    "INT8": "<i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "UINT8": "<u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
}
"""Each datatype of numbers, as NumPy calls it."""
LENGTH = struct.Struct("<I")


def read_tensor(name: str, datatype: str, content: bytes) -> list[float | str | None]:
    """Return the values of a tensor's bytes; NaN is a missing value.

    Raises
    ------
    InvalidInput
        If they are no values of this datatype.
    """
    if datatype == "BYTES":
        return list(_read_words(name, content))
    kind = np.dtype(NUMBERS[datatype])
    if len(content) % kind.itemsize:
        raise InvalidInput(
            f"The binary data of {name} has {len(content)} bytes, no multiple of {kind.itemsize}."
        )
    values: list[float] = np.frombuffer(content, kind).tolist()
    return [None if value != value else value for value in values]


def write_tensor(values: Sequence[float] | Sequence[str]) -> bytes:
    """Return FP64 numbers, or BYTES, as bytes."""
    if values and isinstance(values[0], str):
        words = [str(word).encode() for word in values]
        return b"".join(LENGTH.pack(len(word)) + word for word in words)
    return np.array(values, "<f8").tobytes()


def _read_words(name: str, content: bytes) -> list[str]:
    words, place = [], 0
    while place < len(content):
        begin = place + LENGTH.size
        if begin > len(content):
            raise InvalidInput(f"The binary data of {name} ends within the length of a text.")
        (length,) = LENGTH.unpack_from(content, place)
        place = begin + length
        if place > len(content):
            raise InvalidInput(f"The binary data of {name} ends within a text.")
        try:
            words.append(content[begin:place].decode())
        except UnicodeDecodeError:
            raise InvalidInput(f"A text of {name} is not UTF-8.") from None
    return words
