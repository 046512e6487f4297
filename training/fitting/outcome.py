"""The result of a training, before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.domain.identity import HAS_IDENTITY
from storage.domain.subject import OF_ANOTHER_ROW, SUBJECT
from storage.schema.gate_check import GateCheck
from storage.schema.learned_split import AT_RANDOM, LearnedSplit
from storage.schema.manifest import LearnedTable
from storage.schema.predictions import LabelledPredictions
from storage.schema.table_profile import TableProfile
from storage.schema.triggers import TrainingPlan
from storage.tables.problem import counted
from training.dataset.production_rows import LabelledReport
from training.dataset.splits import Part
from training.fitting.fit import MeasuredCandidate
from training.fitting.search import Trial
from training.models.intervals import PriceIntervals


@dataclass(frozen=True)
class TrainingOutcome:
    """All measured candidates, and the one chosen by validation.

    Parameters
    ----------
    version, trained_at
        Id of the version that this becomes, and when.
    winner
        The chosen one of ``candidates``.
    intervals
        Around the winner's answers, calibrated on ``validation``.
    answers
        The winner's answers to the test part, which is opened once: later figures are computed from these,
        and the promotion gate compares a champion's answers with them.
    trials
        Of the search around one of the candidates, its default configuration first; empty without a search.
    training
        The rows that the winner learned from: of the training part, and of validation if it learned again.
    validation
        The part used to choose the winner and to calibrate the intervals.
    row_counts
        Rows by part.
    table
        What is known of the base table.
    profile
        What it holds, and how it was split.
    lesson_sha256
        Of all that decides what was learned (``training/fitting/lesson.py``).
    dataset_sha256, training_sha256
        Checksums of the base table, and of the training rows: part of it, and labelled predictions.
    labelled
        How the labelled predictions were used; None if not requested.
    trigger_id
        Of the retraining; None if trained from the command line.
    plan
        What that did otherwise than the settings say.
    checks
        The gate's checks of the winner itself.
    repeated
        Rows of the base table that are of a district which an earlier row is of.
    doubts
        What is odd about the base table, a sentence each (``training/dataset/doubts.py``).
    seed
        Of the split, the candidates and every sample.
    split
        How the rows of the base table were dealt to the parts.
    learned_again
        Whether the winner was fitted again on training and validation rows; its figures on test are of that
        fit, those on validation of the one before.
    """

    version: str
    trained_at: datetime
    winner: MeasuredCandidate
    candidates: tuple[MeasuredCandidate, ...]
    intervals: PriceIntervals
    answers: LabelledPredictions
    trials: tuple[Trial, ...]
    training: Part
    validation: Part
    row_counts: Mapping[str, int]
    seed: int
    table: LearnedTable
    profile: TableProfile
    dataset_sha256: str
    training_sha256: str
    lesson_sha256: str
    labelled: LabelledReport | None = None
    trigger_id: str | None = None
    plan: TrainingPlan | None = None
    repeated: int = 0
    doubts: tuple[str, ...] = ()
    checks: tuple[GateCheck, ...] = ()
    split: LearnedSplit = AT_RANDOM
    learned_again: bool = False

    def remarks(self) -> list[str]:
        """Say what a person should know of the table: a split by time, repeated districts, what is odd."""
        by_time = split_in_words(self.split) if self.split.kind == "time" else ""
        return [*filter(None, [by_time, self.repeats()]), *self.doubts]

    def repeats(self) -> str:
        """Say how many rows of the table repeat a district; an empty text if none does."""
        if not self.repeated:
            return ""
        verb = "repeats" if self.repeated == 1 else "repeat"
        told = f"{counted(self.repeated, 'row')} of the table {verb} {OF_ANOTHER_ROW}"
        if self.split.kind == "random":
            return f"{told}; such rows are in one part."
        if HAS_IDENTITY:
            return f"{told}; no {SUBJECT} is in two parts."
        return f"{told}; each is in the part of its time."


def split_in_words(split: LearnedSplit) -> str:
    """Return a sentence on how the rows of a table were dealt to its parts.

    Examples
    --------
    >>> split_in_words(LearnedSplit(kind="random"))
    'Split at random, by the seed.'
    >>> split_in_words(LearnedSplit(kind="time", validation_from="2011-03-01", test_from="2013-05-01"))
    'Split by time: training before 2011-03-01, validation from then on, test from 2013-05-01 on.'
    """
    if split.kind == "random":
        return "Split at random, by the seed."
    told = (
        f"Split by time: training before {split.validation_from}, validation from then on, test from "
        f"{split.test_from} on"
    )
    if not split.left_out:
        return f"{told}."
    left_out = counted(split.left_out, "row")
    return f"{told}; {left_out} left out, because the {SUBJECT} comes again in a later part."
