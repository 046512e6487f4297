"""The worker's progress with a watch and with a challenger's shadow answers, in small files."""

from typing import Any, Literal

from pydantic import Field

from storage.schema.manifest import ChampionPointer
from storage.schema.records import Record, new_id

WatchOutcome = Literal["rolled back", "kept", "not comparable", "overtaken"]
"""How a watch ends. Not comparable: one of the two versions cannot be loaded or cannot be rolled back to.
Overtaken: somebody moved the champion pointer before the decided rollback."""


class WatchRecord(Record):
    """One watch, from the promotion to its outcome.

    Attributes
    ----------
    promotion
        The pointer that the promotion wrote. Another pointer, even to the same version, is a new promotion.
    looks, seen_rows
        How often both versions were compared, and the number of labelled rows at the last comparison.
    outcome, summary, figures
        The decision, its sentence and its figures. None: not decided yet.
    event_id
        Id of the outcome's event, so that a repeat after a kill records it once.
    told
        Whether the outcome was carried out and recorded.
    totals
        Watches by outcome since the folder was created, this one included once it is recorded.
    taken_back
        Versions that a watch rolled back. If a person promotes one again, it is not watched.
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
        """Return a record for another promotion's watch."""
        return WatchRecord(promotion=promotion, totals=self.totals, taken_back=self.taken_back)

    def decided(self, outcome: WatchOutcome, summary: str, **figures: Any) -> "WatchRecord":
        """Return the record with an outcome that has yet to be carried out and recorded."""
        changed = {"outcome": outcome, "summary": summary, "figures": self.figures | figures}
        return self.model_copy(update=changed)

    def closed(self) -> "WatchRecord":
        """Return the record with its outcome recorded and counted."""
        if self.outcome is None:
            raise ValueError("A watch without an outcome cannot be closed.")
        totals = self.totals | {self.outcome: self.totals.get(self.outcome, 0) + 1}
        rolled_back = (self.promotion.version,) if self.outcome == "rolled back" else ()
        taken_back = (*self.taken_back, *rolled_back)
        return self.model_copy(update={"told": True, "totals": totals, "taken_back": taken_back})


class ShadowPosition(Record):
    """The worker's position in a challenger's shadow answers; stored after each batch.

    Attributes
    ----------
    row_id
        Of the last prediction read. None: start with the next one logged.
    answered
        Shadow answers since the folder was created.
    """

    row_id: int | None = None
    answered: int = Field(0, ge=0)
