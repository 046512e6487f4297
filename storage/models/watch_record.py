"""How far the worker is with a promotion: its watch and a challenger's silent answers, in small files."""

from typing import Any, Literal

from pydantic import Field

from storage.schema.records import ChampionPointer, Record, new_id

WatchOutcome = Literal["rolled back", "kept", "not comparable", "overtaken"]
"""How a watch ends. Not comparable: one of the two versions cannot be loaded, or there is no way back.
Overtaken: somebody moved the champion pointer before the rollback that was decided."""


class WatchRecord(Record):
    """One watch, from the promotion to its outcome.

    Attributes
    ----------
    promotion
        The pointer that the promotion wrote. Another pointer, even to the same version, is another promotion.
    looks, seen_rows
        How often both versions were compared, and the labelled rows that there were at the last time.
    outcome, summary, figures
        What was decided; the sentence and the figures that tell it. None: not decided yet.
    event_id
        Of the event that tells the outcome, so that telling it again after a kill tells it once.
    told
        Whether the outcome was carried out and told.
    totals
        Watches by outcome since the folder was made, this one included once it was told.
    taken_back
        Versions that a watch rolled back. If a person promotes one again, that person is right.
    """

    promotion: ChampionPointer
    looks: int = Field(0, ge=0)
    seen_rows: int = Field(0, ge=0)
    outcome: WatchOutcome | None = None
    summary: str = ""
    figures: dict[str, Any] = Field(default_factory=dict)
    event_id: str = Field(default_factory=new_id)
    told: bool = False
    totals: dict[WatchOutcome, int] = Field(default_factory=dict)
    taken_back: tuple[str, ...] = ()

    def next(self, promotion: ChampionPointer) -> "WatchRecord":
        """Return the record of the watch over another promotion."""
        return WatchRecord(promotion=promotion, totals=self.totals, taken_back=self.taken_back)

    def decided(self, outcome: WatchOutcome, summary: str, **figures: Any) -> "WatchRecord":
        """Return the record with an outcome that is yet to be carried out and told."""
        changed = {"outcome": outcome, "summary": summary, "figures": self.figures | figures}
        return self.model_copy(update=changed)

    def closed(self) -> "WatchRecord":
        """Return the record with its outcome told and counted."""
        if self.outcome is None:
            raise ValueError("A watch without an outcome cannot be closed.")
        totals = self.totals | {self.outcome: self.totals.get(self.outcome, 0) + 1}
        rolled_back = (self.promotion.version,) if self.outcome == "rolled back" else ()
        taken_back = (*self.taken_back, *rolled_back)
        return self.model_copy(update={"told": True, "totals": totals, "taken_back": taken_back})


class ShadowPosition(Record):
    """How far the worker is with a challenger's silent answers; kept after each batch.

    Attributes
    ----------
    row_id
        Of the last prediction that was looked at. None: the next to look at is the next that is logged.
    answered
        Silent answers since the folder was made.
    """

    row_id: int | None = None
    answered: int = Field(0, ge=0)
