"""What the service answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

Value = float | str | None
"""Of an input: a number, a word, or None where the table allows a missing value."""
Row = Mapping[str, Value]
"""Inputs by name."""


@dataclass(frozen=True)
class Interval:
    """The prediction interval, in the target's unit; ``coverage`` is the share of actual values it holds."""

    lower: float
    upper: float
    coverage: float


@dataclass(frozen=True)
class Prediction:
    """The answer for one row; values in the target's unit.

    Attributes
    ----------
    prediction_id
        To send an actual value for.
    support
        From 0, nothing like it was learned, to 1.
    warnings
        Sentences about inputs that are unusual in the training data.
    contributions
        By input, if an explanation was asked for: with ``base``, they add up to the value.
    """

    value: float
    interval: Interval
    prediction_id: str
    model_version: str
    support: float
    warnings: tuple[str, ...] = ()
    reference: str | None = None
    base: float | None = None
    contributions: Mapping[str, float] | None = None

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """Read the answer of POST /predict."""
        explained = body.get("contributions")
        return cls(
            value=body["prediction"],
            interval=Interval(**body["interval"]),
            prediction_id=body["prediction_id"],
            model_version=body["model_version"],
            support=body["support"],
            warnings=tuple(each["message"] for each in body["warnings"]),
            reference=body.get("reference"),
            base=explained["base_value"] if explained else None,
            contributions=explained["values"] if explained else None,
        )

    @classmethod
    def each_of(cls, body: dict[str, Any]) -> list[Self]:
        """Read the answer of POST /predict_batch, in the order of the rows."""
        references = body.get("references") or [None] * body["n_predictions"]
        warnings: list[list[str]] = [[] for _ in references]
        for each in body["warnings"]:
            warnings[each["instance"]].append(each["message"])
        return [
            cls(value, Interval(**interval), name, body["model_version"], support, tuple(said), own)
            for value, interval, name, support, said, own in zip(
                body["predictions"],
                body["intervals"],
                body["prediction_ids"],
                body["supports"],
                warnings,
                references,
                strict=True,
            )
        ]


@dataclass(frozen=True)
class Feedback:
    """What became of actual values that were sent.

    Attributes
    ----------
    accepted
        How many were stored.
    unknown
        Ids or references that match no prediction.
    duplicate, conflicting
        Ids that had a value, which is kept, and those of them where it differs.
    ambiguous
        References of several predictions with different inputs, with the ids of these: none got the value.
    """

    accepted: int
    unknown: tuple[str, ...]
    duplicate: tuple[str, ...]
    conflicting: tuple[str, ...]
    ambiguous: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """Read the answer of POST /feedback."""
        ambiguous = {each["reference"]: tuple(each["prediction_ids"]) for each in body["ambiguous"]}
        lists = {name: tuple(body[name]) for name in ("unknown", "duplicate", "conflicting")}
        return cls(accepted=body["accepted"], ambiguous=ambiguous, **lists)


@dataclass(frozen=True)
class LoggedPrediction:
    """A prediction as it was logged, with its actual value once that is known."""

    prediction_id: str
    timestamp: datetime
    inputs: Row
    value: float
    actual: float | None
    model_version: str
    reference: str | None

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """Read the answer of GET /predictions/<prediction_id>."""
        row = body["prediction"]
        return cls(
            prediction_id=row["prediction_id"],
            timestamp=datetime.fromisoformat(row["timestamp"]),
            inputs=row["input"],
            value=row["prediction"],
            actual=row["actual"],
            model_version=row["model_version"],
            reference=row["reference"],
        )


@dataclass(frozen=True)
class Health:
    """Whether the service can predict, and by which version."""

    healthy: bool
    message: str
    model_version: str | None

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """Read the answer of GET /health, whatever its status."""
        return cls(body["status"] == "healthy", body["message"], body["model_version"])


@dataclass(frozen=True)
class Model:
    """The model that serves, and the names of its inputs in order."""

    version: str
    kind: str
    inputs: tuple[str, ...]

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """Read the answer of GET /info."""
        return cls(body["model_version"], body["model_type"], tuple(body["features"]))
