"""Estimators as bytes, and back. Unpickling runs code: only bytes whose checksum matched may come here."""

import io
import pickle
import zlib
from collections.abc import Mapping
from typing import Any

import joblib
from joblib.numpy_pickle import NumpyUnpickler

JOBLIB_MARK = b"joblib.numpy_pickle"
"""In each uncompressed file that joblib wrote; compressed ones do not begin like a pickle."""

ZLIB_MARK = b"x"
"""The first byte of what joblib compressed."""
MOVED_MODULES: Mapping[str, str] = {
    "training.forest": "training.kernels.forest",
    "training.forest_arrays": "training.kernels.forest_arrays",
    "training.intervals": "training.models.intervals",
    "training.neighbour_boosting": "training.models.neighbour_boosting",
    "training.support_gate": "training.models.support_switch",
}
"""Where a module is today, by the name that it had when an older version was published.

A version never changes, and a rollback must load it: an entry stays for as long as anybody keeps one.
"""
RENAMED_CLASSES: Mapping[tuple[str, str], str] = {
    ("training.models.support_switch", "SupportGatedRegressor"): "SupportSwitchedRegressor",
}
"""What a class is called today, by its module of today and the name that it had."""


def pickled(estimator: Any, *, compressed: bool = False) -> bytes:
    """Return an estimator as bytes that joblib's ``load`` takes too.

    Compressed they are smaller, and take eight times as long to load.
    """
    if not compressed:
        return pickle.dumps(estimator, protocol=pickle.HIGHEST_PROTOCOL)
    stream = io.BytesIO()
    joblib.dump(estimator, stream, compress=("zlib", 3))
    return stream.getvalue()


class _ReadInTurns(io.BytesIO):
    """Bytes that are read by a method in Python, between whose calls other threads get their turn.

    A pickle in memory is read in one go, for which all answers wait; this one 64 KB at a time.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size)


def _today(module: str, name: str) -> tuple[str, str]:
    """Return where a class is now, and what it is called."""
    module = MOVED_MODULES.get(module, module)
    return module, RENAMED_CLASSES.get((module, name), name)


class _Unpickler(pickle.Unpickler):
    """Reads a pickle, and finds classes that have moved since it was written."""

    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(*_today(module, name))


class _JoblibUnpickler(NumpyUnpickler):
    """Reads what joblib wrote, and finds classes that have moved since."""

    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(*_today(module, name))


def unpickled(content: bytes) -> Any:
    """Return the estimator of some bytes, whether ``pickled`` or joblib made them.

    joblib's reader is written in Python: for trees of a thousand arrays it takes ten times as long.
    """
    if content.startswith(pickle.PROTO) and JOBLIB_MARK not in content:
        return _Unpickler(_ReadInTurns(content)).load()
    plain = zlib.decompress(content) if content.startswith(ZLIB_MARK) else content
    stream = io.BytesIO(plain)
    return _JoblibUnpickler("", stream, ensure_native_byte_order=True).load()
