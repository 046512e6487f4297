"""Pickling and unpickling estimators. Unpickling runs code: pass only bytes whose checksum matched."""

import io
import pickle
import zlib
from collections.abc import Mapping
from typing import Any

from joblib.numpy_pickle import NumpyUnpickler

from storage.models.restored import reduced

JOBLIB_MARK = b"joblib.numpy_pickle"
"""Contained in each uncompressed joblib file; compressed ones do not begin like a pickle."""

ZLIB_MARK = b"x"
"""The first byte of a file that joblib compressed."""
MOVED_MODULES: Mapping[str, str] = {
    "training.forest": "training.kernels.forest",
    "training.forest_arrays": "training.kernels.forest_arrays",
    "training.intervals": "training.models.intervals",
    "training.neighbour_boosting": "training.models.neighbour_boosting",
    "training.support_gate": "training.models.support_switch",
}
"""Current names of modules, by their names when older versions were published.

Versions never change, and a rollback must be able to load them: keep entries while such versions exist. Newer
versions name no classes of ours; see ``storage.models.restored``.
"""
RENAMED_CLASSES: Mapping[tuple[str, str], str] = {
    ("training.models.support_switch", "SupportGatedRegressor"): "SupportSwitchedRegressor",
}
"""Current names of classes, by their current module and earlier name."""


def pickled(estimator: Any, *, compressed: bool = False) -> bytes:
    """Return an estimator as bytes that joblib's ``load`` takes too.

    Compressed, they would be smaller but take eight times as long to load.
    """
    stream = io.BytesIO()
    _Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL).dump(estimator)
    return zlib.compress(stream.getvalue(), 3) if compressed else stream.getvalue()


class _Pickler(pickle.Pickler):
    """Pickler that names none of our classes."""

    def reducer_override(self, obj: Any) -> Any:
        return reduced(obj)


class _ReadInTurns(io.BytesIO):
    """Bytes read through a Python method, so that other threads can run between its calls.

    A pickle in memory is read in one go, and all answers wait for that; this one is read in 64 KB pieces.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size)


def _today(module: str, name: str) -> tuple[str, str]:
    """Return the current module and name of a class."""
    module = MOVED_MODULES.get(module, module)
    return module, RENAMED_CLASSES.get((module, name), name)


class _Unpickler(pickle.Unpickler):
    """Unpickler that finds classes moved since the pickle was written."""

    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(*_today(module, name))


class _JoblibUnpickler(NumpyUnpickler):
    """joblib unpickler that finds classes moved since the file was written."""

    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(*_today(module, name))


def unpickled(content: bytes) -> Any:
    """Return the estimator in bytes made by ``pickled`` or joblib.

    joblib's reader is written in Python: for trees of a thousand arrays it takes ten times as long.
    """
    if content.startswith(pickle.PROTO) and JOBLIB_MARK not in content:
        return _Unpickler(_ReadInTurns(content)).load()
    plain = zlib.decompress(content) if content.startswith(ZLIB_MARK) else content
    if JOBLIB_MARK not in plain:
        return _Unpickler(_ReadInTurns(plain)).load()
    stream = io.BytesIO(plain)
    return _JoblibUnpickler("", stream, ensure_native_byte_order=True).load()
