"""The recent part: recent labelled predictions that no model learned from."""

import logging
from datetime import datetime, timedelta

from storage.database.connection import Database
from storage.errors import DatabaseUnavailable
from storage.predictions.labelled import LabelledRows, read_labelled_rows
from storage.schema.arrays import FloatArray
from storage.schema.triggers import DataWindow
from storage.settings import Settings
from training.dataset.missing import Missing
from training.dataset.screening import Screened, screen
from training.dataset.splits import Part

logger = logging.getLogger(__name__)


def read_recent_part(
    settings: Settings,
    window: DataWindow | None,
    now: datetime,
    learned: Part,
    *known: FloatArray,
) -> Part | Missing:
    """Read the newest labelled predictions of the trigger's window, or of the last days.

    Only rows that pass the same screen as in training (``screen``), from subjects that no model learned in
    any reading. Only the newest reading of a subject counts, because a repeated one adds no evidence.
    Training reserves the places of ``settings.promotion.recent_share`` for this part
    (``with_labelled_rows``).

    Parameters
    ----------
    window
        Of the trigger; a bound that it lacks is ``settings.promotion.recent_days`` before its end, or now.
    learned
        The challenger's training part, which values are compared with.
    known
        Further inputs, shape (m, d), that challenger or champion learned from.

    Returns
    -------
    Part or Missing
        Missing, with the reason, if there are too few rows or the database cannot be read: that must not
        make a retraining fail.
    """
    screened = read_screened(settings, window, now, learned)
    if isinstance(screened, Missing):
        return screened
    return _untouched(screened, settings.promotion.recent_minimum_rows, learned.inputs, *known)


def read_screened(
    settings: Settings, window: DataWindow | None, now: datetime, learned: Part
) -> Screened | Missing:
    """Read the newest labelled predictions of the window, and screen them; see ``read_recent_part``."""
    since, until = bounds(window, now, settings.promotion.recent_days)
    try:
        found = _read(settings, since, until)
    except DatabaseUnavailable as error:
        logger.warning("There is no recent part: %s", error)
        return Missing(f"the labelled predictions cannot be read ({error})")
    return screen(found, learned, settings.training.labelled_outlier_distance)


def bounds(window: DataWindow | None, now: datetime, days: float) -> tuple[datetime, datetime]:
    """Return since and until when predictions are recent: the window's, or the ``days`` before now."""
    until = window.until if window is not None and window.until is not None else now
    since = window.since if window is not None else None
    return since if since is not None else until - timedelta(days=days), until


def _read(settings: Settings, since: datetime, until: datetime) -> LabelledRows:
    database = Database(settings.database_address)
    try:
        most_rows = settings.promotion.recent_most_rows
        return read_labelled_rows(database, since, until, most_rows)
    finally:
        database.close()


def _untouched(screened: Screened, minimum_rows: int, *fitted_on: FloatArray) -> Part | Missing:
    kept = screened.new_to(*fitted_on)
    if len(kept) < minimum_rows:
        found = len(screened.believed) + sum(screened.left_out.values())
        return Missing(
            f"of {found:,} labelled predictions, {len(kept):,} are distinct, plausible and new to the "
            f"models; at least {minimum_rows:,} are needed"
        )
    return Part(kept.inputs, kept.actual)
