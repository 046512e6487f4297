"""A retraining in words: its stages, its time, its result."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.contract.retraining.runs import RetrainingRow, WorkStage
from dashboard.wording.moment import lasting

STAGES: dict[WorkStage, str] = {
    "claimed": "Claimed",
    "loading": "Loading",
    "training": "Training",
    "evaluating": "Evaluating",
    "gate": "Gate",
    "publishing": "Publishing",
}
SOURCES = {
    "manual": "manual",
    "drift": "drift",
    "degradation": "higher error",
    "age": "model age",
    "labels": "new labels",
    "schedule": "schedule",
}
"""What requested it."""
STOPPED = {"failed": ("red", "close"), "cancelled": ("orange", "block")}
"""How the stage is drawn in which it failed or was cancelled."""


@dataclass(frozen=True)
class Outcome:
    """The result of a retraining, in a word; ``colour`` and ``icon`` are Streamlit's names."""

    title: str
    colour: str
    icon: str


PROMOTED = Outcome("Promoted", "green", "check_circle")
NOTHING_NEW = Outcome("Nothing new", "gray", "done_all")
IDENTICAL = Outcome("Identical", "gray", "equal")
OUTCOMES = {
    "pending": Outcome("Queued", "gray", "hourglass_empty"),
    "running": Outcome("Running", "blue", "model_training"),
    "done": Outcome("Not promoted", "orange", "shield"),
    "failed": Outcome("Failed", "red", "error"),
    "cancelled": Outcome("Cancelled", "gray", "block"),
}


def outcome(row: RetrainingRow) -> Outcome:
    """Return its result, or that it is queued or running."""
    if _is_nothing_new(row):
        return NOTHING_NEW
    if row.state == "done" and row.identical_to is not None:
        return IDENTICAL
    return PROMOTED if row.promoted and row.state == "done" else OUTCOMES[row.state]


def _is_nothing_new(row: RetrainingRow) -> bool:
    """Whether it ended before the training; without a verdict, its result was lost."""
    return row.state == "done" and row.version is None and row.verdict is not None


def verdict_words(row: RetrainingRow) -> str:
    """Say why it ended as it did; empty before the end."""
    if row.state == "cancelled" and row.cancellation is not None:
        return f"Cancelled by {row.cancellation.requested_by}: {row.cancellation.reason}"
    if row.verdict is None:
        return ""
    return f"{row.verdict[0].upper()}{row.verdict[1:].rstrip('.')}."


def stage_badges(row: RetrainingRow) -> str:
    """Draw all stages as badges in a line of Markdown: past, current, to come."""
    return " ".join(_badges(row))


def _badges(row: RetrainingRow) -> Iterator[str]:
    names = list(STAGES)
    reached = names.index(row.reached) if row.reached is not None else -1
    for position, name in enumerate(names):
        if position < reached or (row.state == "done" and not _is_nothing_new(row)):
            yield f":green-badge[:material/check: {STAGES[name]}]"
        elif position > reached:
            yield f":gray-badge[{STAGES[name]}]"
        elif row.state in STOPPED:
            colour, icon = STOPPED[row.state]
            yield f":{colour}-badge[:material/{icon}: {STAGES[name]}]"
        else:
            yield f":blue-badge[:material/play_arrow: {STAGES[name]}{_counted(row)}]"
    yield (":green-badge[:material/check: Done]" if row.state == "done" else ":gray-badge[Done]")


def _counted(row: RetrainingRow) -> str:
    return f" {row.step_number} of {row.steps}" if row.steps is not None and row.steps > 1 else ""


def time_words(row: RetrainingRow) -> str:
    """Say how long it has run and, if known, how long it will."""
    if row.elapsed_seconds is None:
        return "Not started"
    elapsed = f"{lasting(row.elapsed_seconds)} elapsed"
    if row.remaining_seconds is None:
        return f"{elapsed}; no estimate yet"
    return f"{elapsed}, about {lasting(row.remaining_seconds)} left, {_basis(row.remaining_runs)}"


def _basis(runs: int | None) -> str:
    if not runs:
        return "by its progress so far"
    return "as in the last one" if runs == 1 else f"as in the last {runs}"
