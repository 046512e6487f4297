"""Recent labelled predictions for the champion's intervals: some calibrate them, others judge."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from storage.domain.target import HIGHEST_ANSWER
from storage.predictions.labelled import LabelledRows
from storage.schema.arrays import FloatArray
from storage.schema.triggers import DataWindow
from storage.settings import Settings
from training.dataset.districts import falls_into_share
from training.dataset.missing import Missing
from training.dataset.recent_part import read_screened
from training.dataset.splits import Part

FEWEST_CALIBRATING = 100
"""With fewer, the coverage after a calibration would vary by more than 0.03."""
FEWEST_JUDGING = 50


@dataclass(frozen=True)
class CalibrationRows:
    """Rows that neither the champion nor its intervals learned from, each subject once, on one side alone.

    Attributes
    ----------
    judging
        Those whose places are reserved for the gate's recent part, as in every retraining.
    """

    calibrating: Part
    judging: Part


def read_calibration_rows(
    settings: Settings,
    window: DataWindow | None,
    now: datetime,
    learned: Part,
    *known: FloatArray,
) -> CalibrationRows | Missing:
    """Read the labelled predictions of the trigger's window, or of the last days, and divide them.

    They are read, screened and counted once a subject like those of the gate's recent part.

    Parameters
    ----------
    learned
        What the champion learned from.
    known
        Further inputs, shape (m, d), that it was chosen or calibrated by.
    """
    screened = read_screened(settings, window, now, learned)
    if isinstance(screened, Missing):
        return screened
    rows = screened.new_to(learned.inputs, *known)
    is_reserved = falls_into_share(rows.inputs, settings.promotion.recent_share)
    calibrating, judging = rows.only(~is_reserved), rows.only(is_reserved)
    if len(calibrating) < FEWEST_CALIBRATING or len(judging) < FEWEST_JUDGING:
        return Missing(
            f"{len(calibrating):,} recent labelled rows could calibrate them and {len(judging):,} judge; at "
            f"least {FEWEST_CALIBRATING} and {FEWEST_JUDGING} are needed"
        )
    return CalibrationRows(_part(calibrating), _part(judging))


def _part(rows: LabelledRows) -> Part:
    # A value above the cap is one at the cap, as in the table: no interval reaches further.
    return Part(rows.inputs, np.minimum(rows.actual, HIGHEST_ANSWER))
