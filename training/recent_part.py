"""The recent part of the holdout: labelled predictions of late, untouched by the models."""

import logging
from datetime import datetime, timedelta

from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.labelled_predictions import LabelledPredictions, read_labelled_predictions
from storage.schema.records import DataWindow
from storage.settings import Settings
from training.contest import Missing
from training.dataset.splits import Part
from training.dataset.table import FloatArray
from training.known_rows import is_first, is_new

logger = logging.getLogger(__name__)


def read_recent_part(
    settings: Settings, window: DataWindow | None, now: datetime, *fitted_on: FloatArray
) -> Part | Missing:
    """Read the newest labelled predictions of the trigger's window, or of the last days.

    No logged row is trained on today, so all of them are untouched, except where somebody asked about a
    district of the training table: such rows are left out. A district that was asked about more often counts
    once, with its newest value, because the same row again is no further evidence.

    Parameters
    ----------
    window
        Of the trigger; a bound that it lacks is ``settings.promotion_recent_days`` before its end, or now.
    fitted_on
        Inputs, shape (m, 8), that challenger or champion learned from.

    Returns
    -------
    Part or Missing
        Missing, with the reason, if there are too few rows or the database cannot be read: that must not
        cost a retraining.
    """
    since, until = _bounds(window, now, settings.promotion_recent_days)
    try:
        found = _read(settings, since, until)
    except DatabaseUnavailable as error:
        logger.warning("There is no recent part: %s", error)
        return Missing(f"the labelled predictions cannot be read ({error})")
    return _untouched(found, settings.promotion_recent_minimum_rows, *fitted_on)


def _bounds(window: DataWindow | None, now: datetime, days: float) -> tuple[datetime, datetime]:
    until = window.until if window is not None and window.until is not None else now
    since = window.since if window is not None else None
    return since if since is not None else until - timedelta(days=days), until


def _read(settings: Settings, since: datetime, until: datetime) -> LabelledPredictions:
    database = Database(settings.database_address)
    try:
        most_rows = settings.promotion_recent_most_rows
        return read_labelled_predictions(database, since, until, most_rows)
    finally:
        database.close()


def _untouched(
    found: LabelledPredictions, minimum_rows: int, *fitted_on: FloatArray
) -> Part | Missing:
    kept = found.only(is_first(found.inputs) & is_new(found.inputs, *fitted_on))
    if len(kept) < minimum_rows:
        return Missing(
            f"{len(found):,} labelled predictions, {len(kept):,} of them different and new to the models; "
            f"at least {minimum_rows:,} such are needed"
        )
    return Part(kept.inputs, kept.actual)
