"""Recent traffic: the inputs that the service was asked about, labelled or not."""

import logging
from datetime import datetime

from storage.database.connection import Database
from storage.errors import DatabaseUnavailable
from storage.predictions.window import read_prediction_window
from storage.schema.arrays import FloatArray
from storage.schema.triggers import DataWindow
from storage.settings import Settings
from training.dataset.missing import Missing
from training.dataset.recent_part import bounds

logger = logging.getLogger(__name__)


def read_traffic(
    settings: Settings, window: DataWindow | None, now: datetime
) -> FloatArray | Missing:
    """Read the inputs of the newest predictions of the trigger's window, or of the last days.

    Returns
    -------
    ndarray of shape (n, d), or Missing
        Missing, with the reason, if there are too few or the database cannot be read: that must not make a
        retraining fail.
    """
    since, until = bounds(window, now, settings.promotion.recent_days)
    database = Database(settings.database_address)
    try:
        most_rows = settings.promotion.recent_most_rows
        found = read_prediction_window(database, since, until, most_rows)
    except DatabaseUnavailable as error:
        logger.warning("Recent traffic is not known: %s", error)
        return Missing(f"the logged predictions cannot be read ({error})")
    finally:
        database.close()
    fewest = settings.promotion.recent_minimum_rows
    if len(found) < fewest:
        few = f"there are {len(found):,} predictions of recent traffic"
        return Missing(f"{few}, at least {fewest:,} are needed")
    return found.inputs
