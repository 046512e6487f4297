"""A runtime folder with a version that was promoted in place of another, watched by the worker."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

from storage.audit.chain import AuditEntry
from storage.audit.trail import AuditTrail
from storage.database.connection import Database
from storage.database.record_log import PageRequest, RecordLog
from storage.log_writer.writer import LogWriter
from storage.models.store import HOLDOUT, INTERVALS, ModelStore
from storage.schema.manifest import ChampionPointer, PointerMove, Recalibration
from storage.schema.records import utc_now
from storage.settings import Settings
from storage.spool.log_handler import open_spool
from storage.spool.spool import Spool
from storage.spool.timeline import Timeline
from tests.settings import changed
from tests.training.labelled import keep_labelled
from tests.versions import publish_dearer
from training.dataset.sources import load_table
from training.dataset.splits import Part, split
from training.evaluation.holdout import read_holdout
from training.promotion.watch import PromotionWatch
from training.publishing.recalibrated import publish_recalibrated

ROWS = 400
"""Labelled predictions, if a test asks for no other number."""


class Bench:
    """A runtime folder with a champion, and a version that was promoted in its place."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        self.settings = settings
        self.spool = spool
        self.held_out = split(load_table(), seed=0).test.open()
        self.store = ModelStore(settings.paths)
        self.first = self.store.champion().version

    def promote(self, worse_by: float, moved_by: PointerMove = "gate") -> ChampionPointer:
        version = publish_dearer(self.store, self.first, "promoted", worse_by).version
        return self.store.set_champion(version, moved_by)

    def recalibrate(self, times: float) -> ChampionPointer:
        """Promote the first version's model with intervals ``times`` as wide."""
        intervals = self.store.load(self.first, INTERVALS).scaled(times)
        holdout = read_holdout(self.store.read(self.first, HOLDOUT))
        recalibration = Recalibration(
            model_version=self.first,
            trained_at=utc_now(),
            replaced=self.first,
            calibrated_rows=200,
            judged_rows=90,
            times=times,
        )
        made = publish_recalibrated(
            self.store, recalibration, intervals, holdout, (), "the retraining"
        )
        return self.store.set_champion(made.version, "gate")

    def label(self, rows: int = ROWS, begin: int = 0) -> None:
        """Log predictions from just now on, whose prices are those of districts nobody learned from."""
        part = Part(
            self.held_out.inputs[begin : begin + rows], self.held_out.targets[begin : begin + rows]
        )
        keep_labelled(self.settings, part, utc_now())

    def watch(self, **settings: Any) -> PromotionWatch:
        own = changed(self.settings, **settings)
        return PromotionWatch(own, Timeline(self.spool))

    def serving(self) -> str:
        pointer = self.store.champion_pointer()
        assert pointer is not None
        return pointer.version

    def events(self) -> list[dict[str, Any]]:
        with closing(Database(self.settings.database_address, writable=True)) as database:
            database.migrate()
            writer = LogWriter(self.settings.paths, database, 65536)
            assert writer.drain(utc_now()).rejected == 0
            log = RecordLog(database, self.settings.paths)
            return log.events(PageRequest(), kinds=("rollback", "watch", "alert")).rows

    def audited(self) -> list[AuditEntry]:
        return AuditTrail(self.settings.paths).newest(10)


@contextmanager
def watched_runtime(settings: Settings) -> Iterator[Bench]:
    """Give a bench over the settings' folder."""
    spool = open_spool(settings)
    yield Bench(settings, spool)
    spool.close()


def after(days: float) -> datetime:
    return utc_now() + timedelta(days=days)
