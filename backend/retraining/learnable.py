"""What a retraining that is requested now would learn from labelled predictions, by the training itself."""

from datetime import datetime
from typing import TYPE_CHECKING

from backend.contract.learnable import LearnableResponse
from backend.contract.lineage import LeftOutRows
from storage.settings import Settings

if TYPE_CHECKING:
    from training.dataset.production_rows import LabelledReport


class LearnableRows:
    """Answers of one system's training."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def now(self, now: datetime) -> LearnableResponse:
        """Read and screen the rows as a retraining does; takes up to some seconds.

        Raises
        ------
        InvalidDataset
            If the champion's table cannot be used.
        """
        # Imported when it is first needed: serving does without what trains.
        from training.fitting.lesson import present_report

        return _answer(present_report(self._settings, now), self._settings)


def _answer(report: "LabelledReport", settings: Settings) -> LearnableResponse:
    counts = {**report.unread, **report.left_out}
    left_out = [LeftOutRows(why=why, rows=rows) for why, rows in counts.items()]
    return LearnableResponse(
        since=report.since,
        until=report.until,
        days=settings.training.labelled_days,
        most_rows=settings.training.labelled_most_rows,
        minimum_rows=settings.training.labelled_minimum_rows,
        weight=report.weight,
        labelled=report.labelled,
        usable=report.usable,
        used=report.used,
        replaced=report.replaced,
        left_out=sorted(left_out, key=lambda one: -one.rows),
        why_not=report.why_not,
    )
