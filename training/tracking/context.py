"""What all runs of one training share in MLflow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.schema.learned_split import AT_RANDOM, LearnedSplit


@dataclass(frozen=True)
class TrainingContext:
    """What all runs of one training share, and what its parent run records.

    ``labelled`` and ``trigger_id`` are None if trained from the command line.
    """

    version: str
    winner: str
    seed: int
    dataset_origin: str
    dataset_sha256: str
    training_sha256: str
    labelled: Mapping[str, Any] | None
    trigger_id: str | None
    row_counts: Mapping[str, int]
    model_card: str
    parameters: Mapping[str, str]
    repeated: int = 0
    split: LearnedSplit = AT_RANDOM
    learned_again: bool = False
    part_sha256: Mapping[str, str] = field(default_factory=dict)
    """Checksum of the rows of each part."""
