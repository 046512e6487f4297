"""Adds to a comparison of logged predictions what the change costs, and its cause."""

from dataclasses import dataclass

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.drift.harm import SensorSign
from backend.drift.check import AskedWindow
from backend.drift.refused import refused_fields
from backend.harm.cause import refused_signs
from backend.harm.window import JudgedWindow, window_harm
from backend.performance.baseline import JudgedVersion
from backend.performance.check import PerformanceCheck
from backend.serving.served_model import ServedModel
from storage.database.connection import Database
from storage.predictions.answered import AnsweredWindow, read_newest_answered
from storage.predictions.refused import read_refused_inputs
from storage.schema.monitoring_config import MonitoringConfig

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class HarmCheck:
    """Judges windows of the served model; ``performance`` knows each version's errors on its holdout."""

    database: Database
    performance: PerformanceCheck

    def with_harm(
        self,
        found: DriftWindowResponse,
        model: ServedModel,
        asked: AskedWindow,
        config: MonitoringConfig,
    ) -> DriftWindowResponse:
        """Return the answer to a comparison with its cost and its cause.

        Raises
        ------
        DatabaseUnavailable
            If predictions cannot be read.
        """
        version = model.manifest.version
        answered = read_newest_answered(
            self.database, version, found.since, found.until, asked.most_rows, asked.sources
        )
        # As in the verdict, rows that repeat each other are one piece of evidence.
        counted = model.drift_detector.repeated.counted(answered.rows.inputs)
        judged = JudgedWindow(
            moved=has_moved(found),
            inputs=moved_inputs(found),
            signs=found.sensor_signs,
            refused=self._refused(found, model, asked),
            rows=answered.rows.only(counted),
            per_day=_per_day(found, answered),
        )
        baseline = self.performance.baselines.of(JudgedVersion.serving(model))
        harm = window_harm(judged, model.predict, baseline, config)
        return found.model_copy(update={"harm": harm})

    def _refused(
        self, found: DriftWindowResponse, model: ServedModel, asked: AskedWindow
    ) -> list[SensorSign]:
        refusals = read_refused_inputs(
            self.database, found.since, found.until, sources=asked.sources
        )
        fields = refused_fields(refusals, model.drift_detector.columns)
        return refused_signs(fields, refusals.requests + found.drift_analysis.n_samples)


def has_moved(found: DriftWindowResponse) -> bool:
    """Return whether the inputs moved, by the verdict that the alarm follows."""
    if found.alarm.follows == "usual_traffic":
        return bool(found.usual_traffic.drifted)
    return bool(found.drift_analysis.overall_drift)


def moved_inputs(found: DriftWindowResponse) -> list[str]:
    """Return the inputs that moved by that verdict, the most important or most certain first."""
    if found.alarm.follows == "training":
        return found.drift_analysis.drifted_features
    inputs = found.drift_analysis.drift_scores
    return list(
        dict.fromkeys(each.name for each in found.usual_traffic.changed if each.name in inputs)
    )


def _per_day(found: DriftWindowResponse, answered: AnsweredWindow) -> float:
    """Return the window's traffic; if only its newest rows were read, theirs."""
    rows, seconds = found.drift_analysis.n_samples, (found.until - found.since).total_seconds()
    if found.truncated and len(answered):
        rows, seconds = len(answered), seconds - float(answered.seconds[0])
    return DAY_SECONDS * rows / max(seconds, 1.0)
