"""Estimators as bytes, and back. Unpickling runs code: only bytes whose checksum matched may come here."""

import io
import pickle
from typing import Any

import joblib

JOBLIB_MARK = b"joblib.numpy_pickle"
"""In each uncompressed file that joblib wrote; compressed ones do not begin like a pickle."""


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


def unpickled(content: bytes) -> Any:
    """Return the estimator of some bytes, whether ``pickled`` or joblib made them.

    joblib's reader is written in Python: for trees of a thousand arrays it takes ten times as long.
    """
    if content.startswith(pickle.PROTO) and JOBLIB_MARK not in content:
        return pickle.load(_ReadInTurns(content))  # noqa: S301  the caller has compared the checksum
    return joblib.load(io.BytesIO(content))
