"""What the worker does while no retraining is queued, one step at a time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.errors import HousingError
from storage.process.retry import Retry
from storage.settings import Settings
from storage.spool.spool import Spool
from storage.spool.timeline import Timeline
from training.promotion.shadow import Shadow
from training.promotion.watch import PromotionWatch
from training.tracking.alias_sync import AliasSync
from training.tracking.registration_retry import RegistrationRetry
from training.versions.retention import VersionRetention

logger = logging.getLogger(__name__)

AT_ONCE = timedelta(0)
WATCH_INTERVAL = timedelta(seconds=10)
RETENTION_INTERVAL = timedelta(seconds=10)


@dataclass
class Step:
    """A repeated step, its interval, and its retries."""

    what: str
    run: Callable[[datetime], object]
    interval: timedelta
    due: datetime | None = None
    retry: Retry = field(default_factory=Retry)

    def run_if_due(self, now: datetime) -> None:
        """Run it if it is due. An expected error is logged once and does not affect the other steps."""
        if (self.due is not None and now < self.due) or not self.retry.is_due(now):
            return
        self.due = now + self.interval
        try:
            self.run(now)
        except HousingError as error:
            if self.retry.failed(now, str(error)):
                logger.warning("%s: %s", self.what, error)
        else:
            self.retry.succeeded()


class IdleWork:
    """Watches the newest promotion, follows it in MLflow, runs the shadow, removes old versions.

    The watch comes first, so that the aliases follow its rollback at once.
    """

    def __init__(self, settings: Settings, spool: Spool) -> None:
        watch = PromotionWatch(settings, Timeline(spool))
        self._steps = (
            Step("Watch over the promotion", watch.run_once, WATCH_INTERVAL),
            Step("Open registrations", RegistrationRetry(settings).run_once, AT_ONCE),
            Step("MLflow's aliases", AliasSync(settings).run_once, AT_ONCE),
            Step("Shadow answers", Shadow(settings, spool).run_once, AT_ONCE),
            Step("Old versions", VersionRetention(settings).run_once, RETENTION_INTERVAL),
        )

    def run_once(self, now: datetime) -> None:
        """Take each step that is due."""
        for step in self._steps:
            step.run_if_due(now)
