"""The watch over a promotion: both versions answer what was labelled since; a worse one is rolled back.

The worker does this when idle. Progress and decision are stored in a small file before the decision is
carried out: even after a kill, a rollback is made and recorded once, and a champion that somebody chose
meanwhile is kept.
"""

import logging
from contextlib import closing
from datetime import datetime, timedelta

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.database.connection import Database
from storage.errors import AuditUnavailable, ModelIntegrityError, StateConflict
from storage.models.champion import ChampionSwitch
from storage.models.store import ModelStore
from storage.models.watch_record import WatchOutcome, WatchRecord
from storage.predictions.labelled import count_labelled_rows, read_labelled_rows
from storage.process.progress import keep_progress, read_progress
from storage.schema.manifest import ChampionPointer, PointerMove
from storage.schema.records import LONGEST_REASON, EventKind, EventRecord
from storage.settings import Settings
from storage.spool.timeline import Timeline
from training.dataset.screening import screen
from training.dataset.splits import Part
from training.evaluation.comparison import Comparison
from training.promotion.interval_watch import IntervalVerdict, judge_intervals
from training.promotion.loaded_version import LoadedVersion, NotLoadable
from training.promotion.watch_rules import Verdict, WatchRules, judge

logger = logging.getLogger(__name__)

WATCH = "promotion watch"
"""The actor of rollbacks on the timeline and in the audit log."""
MOST_ROWS = 20_000
"""Most labelled predictions that are compared, the newest first."""
RECENT_ENTRIES = 200
"""Audit entries searched for one written just before a kill."""
KINDS: dict[WatchOutcome, EventKind] = {
    "rolled back": "rollback",
    "kept": "watch",
    "not comparable": "alert",
    "overtaken": "watch",
}


class PromotionWatch:
    """Watches the newest promotion of one runtime folder."""

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        self._settings = settings
        self._rules = WatchRules.of(settings)
        self._path = settings.paths.promotion_watch
        self._store = ModelStore(settings.paths)
        self._switch = ChampionSwitch(
            self._store, lambda version: LoadedVersion.load(self._store, version)
        )
        self._audit = AuditTrail(settings.paths)
        self._timeline = timeline

    def run_once(self, now: datetime) -> WatchOutcome | None:
        """Compare if there are enough rows or the period is over; return the outcome if the watch ended.

        Raises
        ------
        DatabaseUnavailable
            If the labelled predictions cannot be read.
        PointerUnavailable, ProgressUnavailable
            If the decision could not be stored or carried out; the next call continues with it.
        """
        kept = read_progress(self._path, WatchRecord)
        if kept is not None and kept.outcome is not None and not kept.told:
            return self._carry_out(kept)  # a kill interrupted it
        record = self._current(kept)
        if record is None or record.outcome is not None:
            return None
        decided = self._look(record, now)
        return self._carry_out(decided) if decided is not None else None

    def _current(self, kept: WatchRecord | None) -> WatchRecord | None:
        pointer = self._pointer()
        if pointer is None or not self._is_watched(pointer, kept):
            return None
        if kept is None:
            return WatchRecord(promotion=pointer)
        return kept if kept.promotion == pointer else kept.next(pointer)

    def _pointer(self) -> ChampionPointer | None:
        try:
            return self._store.champion_pointer()
        except ModelIntegrityError:
            return None  # the service reports it and keeps its version

    def _is_watched(self, pointer: ChampionPointer, kept: WatchRecord | None) -> bool:
        by_hand: tuple[PointerMove, ...] = ("promotion", "command line")
        movers = ("gate", *(by_hand if self._settings.watch.manual_promotions else ()))
        has_rival = pointer.previous is not None and pointer.moved_by in movers
        taken_back = kept.taken_back if kept is not None else ()
        return self._settings.watch.days > 0 and has_rival and pointer.version not in taken_back

    def _look(self, record: WatchRecord, now: datetime) -> WatchRecord | None:
        """Return the record with an outcome, if this comparison brings one."""
        end = record.promotion.changed_at + timedelta(days=self._settings.watch.days)
        rows = self._labelled_rows(record, min(now, end))
        is_last = now >= end
        if not is_last and not self._rules.is_due(rows, record.seen_rows, record.looks):
            return None
        try:
            verdict = self._compare(record.promotion, min(now, end))
        except NotLoadable as problem:
            return _not_comparable(record, problem)
        seen = {"seen_rows": rows, "looks": record.looks + (verdict is not None)}
        return self._judged(record.model_copy(update=seen), verdict, is_last=is_last)

    def _judged(
        self, record: WatchRecord, verdict: Verdict | IntervalVerdict | None, *, is_last: bool
    ) -> WatchRecord | None:
        found = verdict.sentence if verdict is not None else self._too_few(record)
        version, previous = record.promotion.version, record.promotion.previous
        logger.info("Watch over %s, comparison %d: %s.", version, record.looks, found)
        figures = {"looks": record.looks} | (verdict.figures() if verdict is not None else {})
        if verdict is not None and verdict.is_worse:
            summary = f"Rolled back automatically: to {previous} from {version}, which is {found}."
            return record.decided("rolled back", summary, reason=found, **figures)
        if is_last:
            return record.decided("kept", f"Kept: {version}, {found}.", **figures)
        keep_progress(self._path, record)
        return None

    def _too_few(self, record: WatchRecord) -> str:
        return (
            f"not judged: of {record.seen_rows:,} labelled predictions, fewer than "
            f"{self._rules.minimum_rows:,} are distinct and new to both versions"
        )

    def _labelled_rows(self, record: WatchRecord, until: datetime) -> int:
        with closing(Database(self._settings.database_address)) as database:
            return count_labelled_rows(database, record.promotion.changed_at, until)

    def _compare(
        self, promotion: ChampionPointer, until: datetime
    ) -> Verdict | IntervalVerdict | None:
        """Let both versions answer; None if too few rows are new to them."""
        versions = (promotion.version, str(promotion.previous))
        promoted, previous = (
            LoadedVersion.load_safely(self._store, version) for version in versions
        )
        with closing(Database(self._settings.database_address)) as database:
            found = read_labelled_rows(database, promotion.changed_at, until, MOST_ROWS)
        # Screened and new to both, as in the gate's recent part.
        distance = self._settings.training.labelled_outlier_distance
        screened = screen(found, promoted.learned, distance)
        kept = screened.new_to(promoted.learned.inputs, previous.learned.inputs)
        if len(kept) < self._rules.minimum_rows:
            return None
        part = Part(kept.inputs, kept.actual)
        comparison = Comparison(promoted.answers(part), previous.answers(part))
        if self._has_same_model(versions):
            return judge_intervals(comparison, promoted.coverage, self._rules)
        return judge(comparison, self._rules)

    def _has_same_model(self, versions: tuple[str, str]) -> bool:
        """Whether both answer the same, so that only their intervals can be compared."""
        one, other = (self._store.manifest(version).model_version for version in versions)
        return one == other

    def _carry_out(self, record: WatchRecord) -> WatchOutcome | None:
        """Store the decision, carry it out, record it, and store that it was recorded."""
        keep_progress(self._path, record)
        record = self._roll_back(record) if record.outcome == "rolled back" else record
        self._tell(record)
        keep_progress(self._path, record.closed())
        return record.outcome

    def _roll_back(self, record: WatchRecord) -> WatchRecord:
        promotion = record.promotion
        try:
            self._switch.take_back(promotion)
        except StateConflict as problem:
            current = self._pointer()
            if current is not None and _is_taken_back(current, promotion):
                return record  # before a kill
            if current == promotion:
                return _no_way_back(record, problem)
            summary = (
                f"Not rolled back: {problem} {promotion.version} is {record.figures['reason']}."
            )
            return record.decided("overtaken", summary)
        return record

    def _tell(self, record: WatchRecord) -> None:
        outcome, promotion = record.outcome, record.promotion
        level = logging.INFO if outcome == "kept" else logging.WARNING
        logger.log(level, "%s", record.summary)
        figures = record.figures | {
            "outcome": outcome,
            "promoted_at": promotion.changed_at.isoformat(),
            "watched": promotion.version,
            "previous": promotion.version if outcome == "rolled back" else promotion.previous,
        }
        if outcome == "rolled back":
            self._audit_once(record, figures)
        if outcome is not None:
            self._timeline.record(_event(record, KINDS[outcome], figures))

    def _audit_once(self, record: WatchRecord, figures: dict[str, object]) -> None:
        act = AuditAct(
            actor=WATCH,
            action="rollback",
            subject=record.promotion.previous,
            reason=str(record.figures["reason"])[:LONGEST_REASON],
            figures=figures | {"event_id": record.event_id},
        )
        try:
            recent = self._audit.newest(RECENT_ENTRIES)
        except AuditUnavailable:
            recent = []
        if not any(entry.figures.get("event_id") == record.event_id for entry in recent):
            self._audit.record(act)


def _event(record: WatchRecord, kind: EventKind, figures: dict[str, object]) -> EventRecord:
    promotion = record.promotion
    served = promotion.previous if record.outcome == "rolled back" else promotion.version
    return EventRecord(
        event_id=record.event_id,
        event_kind=kind,
        actor=WATCH,
        subject=served,
        summary=record.summary,
        figures=figures,
    )


def _is_taken_back(current: ChampionPointer, promotion: ChampionPointer) -> bool:
    is_later = current.changed_at > promotion.changed_at
    return current.moved_by == "watch" and is_later and current.version == promotion.previous


def _not_comparable(record: WatchRecord, problem: Exception) -> WatchRecord:
    summary = (
        f"The promotion of {record.promotion.version} is not watched: {problem}. It will not be rolled back "
        "automatically; check its realized error."
    )
    return record.decided("not comparable", summary)


def _no_way_back(record: WatchRecord, problem: Exception) -> WatchRecord:
    summary = (
        f"Version {record.promotion.version} is {record.figures['reason']}, but cannot be rolled back: "
        f"{problem}"
    )
    return record.decided("not comparable", summary)
