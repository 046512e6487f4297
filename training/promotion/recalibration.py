"""The second offer of a retraining: the champion's own model, with intervals that recent labels calibrated.

Made where the newly trained model was refused. What is published was judged before, so a version exists only
if it is to serve.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from storage.errors import HousingError
from storage.models.loading import loading
from storage.models.store import HOLDOUT, INTERVALS, REFERENCE_PROFILE, ModelStore
from storage.schema.arrays import FloatArray
from storage.schema.gate import GateDecision
from storage.schema.manifest import ModelManifest, Recalibration
from storage.schema.triggers import Trigger
from storage.settings import Settings
from training.dataset.calibration_rows import CalibrationRows, read_calibration_rows
from training.dataset.missing import Missing
from training.dataset.splits import Part
from training.evaluation.behaviour import observe
from training.evaluation.comparison import Comparison
from training.evaluation.holdout import read_holdout
from training.models.intervals import PriceIntervals
from training.models.price_pipeline import PricePipeline
from training.models.recalibration import times_as_wide
from training.models.reference_profile import ReferenceProfile
from training.promotion.checks import Rules
from training.promotion.interval_decision import IntervalEvidence, decide_intervals, decided
from training.promotion.loaded_version import LoadedVersion
from training.publishing.recalibrated import publish_recalibrated

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """What was decided, and the version that is to serve; None: the champion's intervals stay."""

    decision: GateDecision
    manifest: ModelManifest | None


@dataclass(frozen=True)
class _Champion:
    """The version that serves, in parts."""

    manifest: ModelManifest
    pipeline: PricePipeline
    intervals: PriceIntervals
    profile: ReferenceProfile
    holdout: Part

    @classmethod
    def load(cls, store: ModelStore) -> "_Champion":
        manifest = store.champion()
        version = manifest.version
        with loading(version):
            holdout = read_holdout(store.read(version, HOLDOUT))
            return cls(
                manifest=manifest,
                pipeline=store.load(version),
                intervals=store.load(version, INTERVALS),
                profile=ReferenceProfile.from_bytes(store.read(version, REFERENCE_PROFILE)),
                holdout=Part(holdout.inputs, holdout.actual),
            )

    @property
    def learned(self) -> Part:
        return Part(self.profile.inputs, self.profile.targets)

    def with_intervals(self, intervals: PriceIntervals) -> LoadedVersion:
        return LoadedVersion.of(self.manifest.version, self.pipeline, intervals, self.profile)


class IntervalRecalibration:
    """Offers new intervals for the champion of one runtime folder; does not change which version serves."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.paths)

    def offer(self, trigger: Trigger, chosen_by: FloatArray, now: datetime) -> Offer | Missing:
        """Calibrate, judge, and publish what passed; Missing if there is nothing that could be judged.

        Parameters
        ----------
        chosen_by
            Shape (n, d): the inputs of the validation part, which calibrated the champion's intervals.
        """
        before = self._published(trigger)
        if before is not None and before.recalibration is not None:
            logger.info("Version %s was already published.", before.version)
            replaced = before.recalibration.replaced
            return Offer(decided(before.checks, replaced, trigger.source), before)
        try:
            champion = _Champion.load(self._store)
        except HousingError as error:
            return Missing(f"the champion cannot be loaded ({str(error).rstrip('.')})")
        rows = read_calibration_rows(
            self._settings, trigger.window, now, champion.learned, chosen_by
        )
        return rows if isinstance(rows, Missing) else self._judged(champion, rows, trigger)

    def _judged(
        self, champion: _Champion, rows: CalibrationRows, trigger: Trigger
    ) -> Offer | Missing:
        calibrating, judging = rows.calibrating, rows.judging
        times = times_as_wide(
            champion.intervals, champion.pipeline, calibrating.inputs, calibrating.targets
        )
        if not np.isfinite(times):
            return Missing("too many values lie beside intervals without any width")
        intervals = champion.intervals.scaled(times)
        new, old = (champion.with_intervals(each) for each in (intervals, champion.intervals))
        evidence = IntervalEvidence(
            champion_version=champion.manifest.version,
            calibrating=old.answers(calibrating),
            judging=Comparison(new.answers(judging), old.answers(judging)),
            coverage=new.coverage,
            source=trigger.source,
            behaviour=observe(new.predictor, champion.holdout.inputs),
        )
        decision = decide_intervals(evidence, Rules.of(self._settings))
        if not decision.promote:
            return Offer(decision, None)
        recalibration = Recalibration(
            model_version=champion.manifest.model_version,
            trained_at=champion.manifest.trained_at,
            replaced=champion.manifest.version,
            calibrated_rows=len(calibrating),
            judged_rows=len(judging),
            times=times,
        )
        answers = new.answers(champion.holdout)
        made = (recalibration, intervals, answers, decision.checks, trigger.trigger_id)
        return Offer(decision, publish_recalibrated(self._store, *made))

    def _published(self, trigger: Trigger) -> ModelManifest | None:
        """Return the version that an interrupted attempt at this retraining has published."""
        for manifest in self._store.versions():
            if manifest.trigger_id == trigger.trigger_id and manifest.recalibration is not None:
                return manifest
        return None
