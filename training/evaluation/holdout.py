"""A version's answers to the test part: the basis for degradation and estimated error.

Stored with each version as plain arrays (``.npz``, read without pickle), so that reading it runs no code.
"""

import io
from dataclasses import fields
from zipfile import BadZipFile

import numpy as np

from storage.domain.inputs import FEATURE_NAMES
from storage.errors import ModelIntegrityError
from storage.schema.predictions import LabelledPredictions

ARRAYS = tuple(field.name for field in fields(LabelledPredictions))


def read_holdout(content: bytes) -> LabelledPredictions:
    """Read a stored holdout: rows that neither the model nor its intervals saw.

    Raises
    ------
    ModelIntegrityError
        If the bytes are not a holdout, or its arrays do not belong together.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            holdout = LabelledPredictions(**{name: stored[name] for name in ARRAYS})
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ModelIntegrityError(f"The holdout cannot be read: {error}.") from error
    if not _is_whole(holdout):
        raise ModelIntegrityError("The holdout cannot be read: its arrays differ in length.")
    return holdout


def holdout_bytes(holdout: LabelledPredictions) -> bytes:
    """Return a holdout as it is stored, uncompressed so that reading it delays answers little."""
    stream = io.BytesIO()
    np.savez(stream, **{name: getattr(holdout, name) for name in ARRAYS})
    return stream.getvalue()


def _is_whole(holdout: LabelledPredictions) -> bool:
    columns = (holdout.actual, holdout.predicted, holdout.lower, holdout.upper)
    return holdout.inputs.shape == (len(holdout.inputs), len(FEATURE_NAMES)) and all(
        column.shape == (len(holdout.inputs),) for column in columns
    )
