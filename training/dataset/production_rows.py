"""Labelled predictions that a retraining learns from in addition to the base table."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from storage.database.connection import Database
from storage.domain.target import HIGHEST_ANSWER
from storage.errors import DatabaseUnavailable
from storage.predictions.label_counts import LabelCounts, count_labels
from storage.predictions.labelled import LabelledRows, read_labelled_rows
from storage.schema.triggers import TrainingPlan, Trigger
from storage.settings import Settings
from training.dataset.districts import falls_into_share
from training.dataset.missing import Missing
from training.dataset.plan import planned
from training.dataset.screening import screen
from training.dataset.splits import Part, Splits

logger = logging.getLogger(__name__)

HOLDOUT_SUBJECT = "subject of the test or validation part"
KEPT_FOR_THE_GATE = "kept for the recent part"
NOT_OF_A_CUSTOMER = "not asked by a customer"
TOO_OLD = "answered before the last {days:g} days"
BEYOND_THE_NEWEST = "beyond the newest {rows:,}"
LABELLED_LONG_AGO = "labelled long before"


@dataclass(frozen=True)
class LabelledWindow:
    """Predictions answered from ``since`` on, and labelled, before ``until``; or why there are none.

    ``counts`` are of all predictions with an actual value, so that those left out can be told.
    """

    since: datetime
    until: datetime
    found: LabelledRows | Missing
    counts: LabelCounts = field(default_factory=LabelCounts)


@dataclass(frozen=True)
class Retraining:
    """The trigger of a retraining, the labelled predictions to learn from, and what it does otherwise."""

    trigger_id: str
    window: LabelledWindow
    plan: TrainingPlan | None = None


@dataclass(frozen=True)
class LabelledReport:
    """How the labelled predictions of a retraining were used.

    Attributes
    ----------
    found
        Number of rows read.
    labelled
        All predictions with an actual value when they were read, whosever they are.
    unread
        Those that were not read, by reason.
    usable
        That may be learned from; none of them is, where they are too few.
    used
        That were learned from.
    replaced
        Base table rows that were replaced by a newer reading of the same subject.
    left_out
        Rows that were read, by reason.
    weight
        Of one of them; a row of the base table weighs 1.
    why_not
        Why it learned from the base table alone; None if it did not.
    """

    since: datetime
    until: datetime
    found: int = 0
    labelled: int = 0
    usable: int = 0
    used: int = 0
    replaced: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    weight: float = 1.0
    why_not: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return all fields as plain values."""
        times = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        counts = {"left_out": dict(self.left_out), "unread": dict(self.unread)}
        return asdict(self) | times | counts

    def sentence(self) -> str:
        """Return the report for a person, without a full stop."""
        reasons = {**self.unread, **self.left_out}
        counts = "; ".join(f"{count:,} {reason}" for reason, count in reasons.items())
        left_out = f" (left out: {counts})" if counts else ""
        if self.why_not is not None:
            return f"Trained on the base table only, because {self.why_not}{left_out}"
        return (
            f"Trained on the base table and {self.used:,} of "
            f"{max(self.found, self.labelled):,} labelled predictions, "
            f"which replace {self.replaced:,} of its rows{left_out}"
        )


def read_retraining(settings: Settings, trigger: Trigger) -> Retraining:
    """Read what was labelled in the days before the trigger was written.

    Relative to the trigger, not to now, so that a restart after a crash learns from the same rows.
    """
    window = read_window(planned(settings, trigger.plan), trigger.created_at)
    return Retraining(trigger.trigger_id, window, trigger.plan)


def read_window(settings: Settings, until: datetime) -> LabelledWindow:
    """Read what was labelled in the days before ``until``; the window says so if that is not possible."""
    since = until - timedelta(days=settings.training.labelled_days)
    most_rows = settings.training.labelled_most_rows
    database = Database(settings.database_address)
    try:
        counts = count_labels(database, since, until)
        if most_rows == 0:
            off = Missing("it is switched off in the settings")
            return LabelledWindow(since, until, off, counts)
        found = read_labelled_rows(database, since, until, most_rows, labelled_before=until)
    except DatabaseUnavailable as error:
        logger.warning("The retraining continues without labelled predictions: %s", error)
        return LabelledWindow(since, until, Missing(f"the database cannot be read ({error})"))
    finally:
        database.close()
    return LabelledWindow(since, until, found, counts)


def with_labelled_rows(
    splits: Splits, window: LabelledWindow, settings: Settings
) -> tuple[Splits, LabelledReport]:
    """Return the splits with labelled rows added to the training part, and a report on them.

    Test and validation stay unchanged, and none of their subjects is learned in any reading: otherwise a
    model would know values that it is tested on. Places that a hash reserves for the gate's recent part are
    not learned either. The remaining rows replace older readings of the same subject in the base table, so
    that each subject occurs once and none is its own neighbour. Values above the cap are set to
    the cap, as in the base table.
    """
    report = LabelledReport(
        window.since,
        window.until,
        labelled=window.counts.total,
        unread=_unread(window, settings),
        weight=settings.training.labelled_weight,
    )
    if isinstance(window.found, Missing):
        return splits, replace(report, why_not=window.found.reason)
    learnable, left_out = _learnable(splits, window.found, settings)
    read, usable = len(window.found), len(learnable)
    report = replace(report, found=read, usable=usable, left_out=left_out)
    fewest = settings.training.labelled_minimum_rows
    if usable < fewest:
        needed = f"at least {fewest:,} labelled predictions are needed"
        few = f"only {usable:,} of {max(read, report.labelled):,} can be learned from"
        return splits, replace(report, why_not=f"{needed}, and {few}")
    stays = ~splits.likeness.is_known(splits.train.inputs, learnable.inputs)
    joined = _joined(splits.train, stays, learnable, report.weight)
    replaced = int(len(stays) - stays.sum())
    return replace(splits, train=joined), replace(report, used=usable, replaced=replaced)


def _unread(window: LabelledWindow, settings: Settings) -> dict[str, int]:
    """Return how many labelled predictions were not read, by reason."""
    counts, training = window.counts, settings.training
    read = len(window.found) if not isinstance(window.found, Missing) else 0
    found = {
        NOT_OF_A_CUSTOMER: counts.others,
        TOO_OLD.format(days=training.labelled_days): counts.outside,
        BEYOND_THE_NEWEST.format(rows=training.labelled_most_rows): counts.readable - read,
        LABELLED_LONG_AGO: counts.uncounted,
    }
    return {reason: rows for reason, rows in found.items() if rows > 0}


def _learnable(
    splits: Splits, found: LabelledRows, settings: Settings
) -> tuple[LabelledRows, dict[str, int]]:
    screened = screen(found, splits.train, settings.training.labelled_outlier_distance)
    rows, left_out = screened.believed, dict(screened.left_out)
    for reason, is_left_out in (
        (HOLDOUT_SUBJECT, splits.holds_out),
        (
            KEPT_FOR_THE_GATE,
            lambda inputs: falls_into_share(inputs, settings.promotion.recent_share),
        ),
    ):
        out = is_left_out(rows.inputs)
        if out.any():
            left_out[reason] = int(out.sum())
        rows = rows.only(~out)
    return rows, left_out


def _joined(base: Part, stays: np.ndarray, rows: LabelledRows, weight: float) -> Part:
    inputs = np.concatenate([base.inputs[stays], rows.inputs])
    targets = np.concatenate([base.targets[stays], np.minimum(rows.actual, HIGHEST_ANSWER)])
    if weight == 1.0:
        return Part(inputs, targets)
    weights = np.repeat([1.0, weight], [int(stays.sum()), len(rows)])
    return Part(inputs, targets, weights)


def checksum(part: Part) -> str:
    """Return the SHA-256 of the training rows: inputs, targets and, if there are any, weights."""
    columns = [part.inputs, part.targets[:, np.newaxis]]
    if part.weights is not None:
        columns.append(part.weights[:, np.newaxis])
    values = np.ascontiguousarray(np.column_stack(columns), dtype="<f8")
    return hashlib.sha256(values.tobytes()).hexdigest()
