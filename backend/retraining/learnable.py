"""What a retraining that is requested now would learn from labelled predictions, by the training itself."""

from datetime import datetime
from typing import TYPE_CHECKING

from backend.contract.models.lineage import LeftOutRows
from backend.contract.retraining.learnable import LearnableResponse
from storage.errors import StateConflict
from storage.schema.triggers import TrainingPlan
from storage.settings import Settings

if TYPE_CHECKING:
    from training.dataset.production_rows import LabelledReport


class LearnableRows:
    """Answers of one system's training."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def now(self, now: datetime, plan: TrainingPlan | None = None) -> LearnableResponse:
        """Read and screen the rows as a retraining with this plan does; takes up to some seconds.

        Raises
        ------
        InvalidDataset
            If the champion's table cannot be used.
        """
        # Imported when it is first needed: serving does without what trains.
        from training.dataset.plan import planned
        from training.fitting.lesson import present_report

        report = present_report(self._settings, now, plan)
        return _answer(report, planned(self._settings, plan), self.candidates())

    def candidates(self) -> list[str]:
        """Return the names of the candidates that are configured."""
        from training.models.candidates import configured_candidates

        return [each.name for each in configured_candidates(self._settings)]

    def check(self, plan: TrainingPlan | None) -> None:
        """Check that a plan can be carried out here.

        Raises
        ------
        StateConflict
            If it names a candidate that is not configured; the message names those that are.
        """
        if plan is None or plan.candidates is None:
            return
        configured = self.candidates()
        if unknown := [name for name in plan.candidates if name not in configured]:
            raise StateConflict(
                f"There is no candidate {', '.join(unknown)}; choose from {', '.join(configured)}."
            )


def _answer(
    report: "LabelledReport", settings: Settings, candidates: list[str]
) -> LearnableResponse:
    counts = {**report.unread, **report.left_out}
    left_out = [LeftOutRows(why=why, rows=rows) for why, rows in counts.items()]
    return LearnableResponse(
        since=report.since,
        until=report.until,
        days=settings.training.labelled_days,
        most_rows=settings.training.labelled_most_rows,
        minimum_rows=settings.training.labelled_minimum_rows,
        weight=report.weight,
        candidates=candidates,
        labelled=report.labelled,
        usable=report.usable,
        used=report.used,
        replaced=report.replaced,
        left_out=sorted(left_out, key=lambda one: -one.rows),
        why_not=report.why_not,
    )
