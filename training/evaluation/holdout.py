"""What a version answered to the test part: the base for degradation and estimated error.

Stored with each version as plain arrays (``.npz``, read without pickle), so that reading it runs no code.
"""

import io
from dataclasses import dataclass, fields
from typing import Self
from zipfile import BadZipFile

import numpy as np

from storage.domain.inputs import FEATURE_NAMES
from storage.errors import ModelIntegrityError
from storage.schema.arrays import FloatArray
from training.evaluation.slices import Answers


@dataclass(frozen=True)
class Holdout:
    """Rows that neither the model nor its intervals saw, with what the version answered to them.

    Attributes
    ----------
    inputs
        Shape (n, 8), columns in schema order.
    actual, predicted, lower, upper
        Shape (n,), 100,000 USD: the price, the answer, and the bounds of its interval.
    """

    inputs: FloatArray
    actual: FloatArray
    predicted: FloatArray
    lower: FloatArray
    upper: FloatArray

    @classmethod
    def of(cls, answers: Answers) -> Self:
        """Keep the answers to the test part."""
        return cls(answers.inputs, answers.actual, answers.predicted, answers.lower, answers.upper)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a stored holdout.

        Raises
        ------
        ModelIntegrityError
            If the bytes are not a holdout, or its arrays do not belong together.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                holdout = cls(**{field.name: stored[field.name] for field in fields(cls)})
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise ModelIntegrityError(f"The holdout cannot be read: {error}.") from error
        if not holdout._is_whole():
            raise ModelIntegrityError("The holdout cannot be read: its arrays differ in length.")
        return holdout

    def to_bytes(self) -> bytes:
        """Return the holdout as it is stored, uncompressed: answers wait beside its being read."""
        stream = io.BytesIO()
        np.savez(stream, **{field.name: getattr(self, field.name) for field in fields(self)})
        return stream.getvalue()

    def __len__(self) -> int:
        return len(self.actual)

    def _is_whole(self) -> bool:
        columns = (self.actual, self.predicted, self.lower, self.upper)
        return self.inputs.shape == (len(self.inputs), len(FEATURE_NAMES)) and all(
            column.shape == (len(self.inputs),) for column in columns
        )
