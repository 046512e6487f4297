"""Whether a window of predictions raises the drift alarm: the decision of every check, and of every trial."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from backend.contract.drift.analysis import AlarmState, UsualTraffic
from backend.drift.alarm import CheckedWindow, drift_alarm
from backend.drift.detector import DriftDetector
from backend.drift.report import DriftReport
from backend.drift.thresholds import DriftThresholds
from backend.drift.usual.check import check_usual
from backend.drift.usual.history import Traffic
from storage.predictions.window import PredictionWindow
from storage.schema.arrays import FloatArray


@dataclass(frozen=True)
class WindowAlarm:
    """Judges windows of one version's predictions.

    Attributes
    ----------
    traffic
        What is known of earlier hours.
    read
        Reads the window that ends at a moment, of the same length as the one that is judged.
    """

    detector: DriftDetector
    version: str
    thresholds: DriftThresholds
    traffic: Traffic
    read: Callable[[datetime], PredictionWindow]

    def compare(self, window: PredictionWindow) -> DriftReport:
        """Compare a window with the reference."""
        predictions = own_predictions(self.version, window)
        return self.detector.compare(window.inputs, predictions, self.thresholds)

    def usual(self, since: datetime, until: datetime) -> UsualTraffic:
        """Compare a time with the service's usual traffic.

        Raises
        ------
        DatabaseUnavailable
            If it cannot be read.
        """
        return check_usual(self.traffic, since, until, self.thresholds)

    def by_usual(self, since: datetime, until: datetime, usual: UsualTraffic) -> AlarmState:
        """Check whether earlier windows differ from the usual traffic too; they cost no reading."""
        checks = [_usually(since, until, usual)]
        while checks[0].drifted and len(checks) < self.thresholds.confirming_windows:
            since, until = since - (until - since), since
            checks.insert(0, _usually(since, until, self.usual(since, until)))
        state = drift_alarm(checks, self.thresholds)
        return state.model_copy(update={"follows": "usual_traffic"})

    def by_training(self, window: PredictionWindow, report: DriftReport) -> AlarmState:
        """Check whether earlier windows of the same length, without common rows, confirm this one."""
        checks, thresholds = [_checked(window, report)], self.thresholds
        while not drift_alarm(checks, thresholds).raised and checks[0].drifted:
            if len(checks) >= thresholds.confirming_windows:
                break
            earlier = self.read(checks[0].since)
            checks.insert(0, _checked(earlier, self.compare(earlier)))
        return drift_alarm(checks, thresholds)

    def is_raised(self, until: datetime, length: timedelta) -> bool:
        """Return whether a check at a moment raises the alarm, by the verdict that it would follow."""
        usual = self.usual(until - length, until)
        if usual.status == "ok":
            return self.by_usual(until - length, until, usual).raised
        window = self.read(until)
        return self.by_training(window, self.compare(window)).raised


def own_predictions(version: str, window: PredictionWindow) -> FloatArray:
    """Return a version's predictions (n,), NaN where another answered: they differ even without drift."""
    own = window.versions == version
    return np.where(own, window.predicted, np.nan)


def _usually(since: datetime, until: datetime, usual: UsualTraffic) -> CheckedWindow:
    return CheckedWindow(since, until, usual.drifted, usual.smallest_adjusted_p_value)


def _checked(window: PredictionWindow, report: DriftReport) -> CheckedWindow:
    return CheckedWindow(
        window.since, window.until, report.overall_drift, report.smallest_adjusted_p_value
    )
