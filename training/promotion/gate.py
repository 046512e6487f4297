"""The promotion gate: challenger and champion answer the same held-out rows, and the gate decides."""

import logging
from datetime import datetime

from storage.errors import ModelIntegrityError
from storage.models.store import ModelStore
from storage.schema.gate import GateDecision
from storage.schema.triggers import Trigger
from storage.settings import Settings
from training.dataset.missing import Missing
from training.dataset.recent_part import read_recent_part
from training.dataset.splits import Part
from training.dataset.traffic import read_traffic
from training.evaluation.behaviour import observe
from training.evaluation.comparison import Comparison
from training.evaluation.traffic_weights import TrafficWeights, traffic_weights
from training.promotion.checks import Rules
from training.promotion.decision import SOURCES_OF_CHANGE, Evidence, decide
from training.promotion.judging_rows import judging_rows
from training.promotion.loaded_version import LoadedVersion, NotLoadable
from training.publishing.published_version import PublishedVersion

logger = logging.getLogger(__name__)

SMALLEST_FIXED_PART = 30
"""Test rows new to both models below which errors are not compared."""
NO_CHAMPION = Missing("there is no champion")


class PromotionGate:
    """Decides about the versions of one runtime folder; changes nothing in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.paths)

    def judge(self, published: PublishedVersion, trigger: Trigger, now: datetime) -> GateDecision:
        """Compare a published version with the champion, and log the result of each check.

        Raises
        ------
        ModelIntegrityError
            If the published version cannot be read back.
        """
        evidence = self._evidence(published, trigger, now)
        decision = decide(evidence, Rules.of(self._settings))
        for check in decision.checks:
            level = logging.INFO if check.passed or not check.required else logging.WARNING
            verdict = "passed" if check.passed else "not passed"
            logger.log(level, "Gate, %s: %s, %s.", check.name, verdict, check.sentence)
        return decision

    def _evidence(self, published: PublishedVersion, trigger: Trigger, now: datetime) -> Evidence:
        challenger = LoadedVersion.load(self._store, published.manifest.version)
        champion, problem = self._champion(published.manifest.version)
        test = published.test
        fixed = _compare_on_fixed(challenger, champion, test)
        return Evidence(
            challenger=challenger.answers(test),
            coverage=challenger.coverage,
            champion_version=champion.version if champion is not None else None,
            champion_problem=problem,
            fixed=fixed,
            recent=self._compare_on_recent(challenger, champion, published, trigger, now),
            source=trigger.source,
            latency_microseconds=challenger.latency_microseconds(test.inputs),
            behaviour=observe(challenger.predictor, test.inputs),
            traffic=self._traffic(fixed, trigger, now),
        )

    def _traffic(
        self, fixed: Comparison | Missing, trigger: Trigger, now: datetime
    ) -> TrafficWeights | Missing | None:
        """Return how common rows like those of the test part are in recent traffic, where it may decide."""
        if isinstance(fixed, Missing) or trigger.source not in SOURCES_OF_CHANGE:
            return None
        traffic = read_traffic(self._settings, trigger.window, now)
        if isinstance(traffic, Missing):
            return traffic
        seed = self._settings.training.random_seed
        return traffic_weights(fixed.challenger.inputs, traffic, seed)

    def _champion(self, challenger: str) -> tuple[LoadedVersion | None, str | None]:
        """Return the champion, or why there is none that can be compared; neither if there is no champion."""
        try:
            pointer, way = self._store.champion_pointer(), self._store.way_back()
        except ModelIntegrityError as error:
            return self._not_comparable(error)
        version = pointer.version if pointer is not None else None
        if version == challenger:
            # Its worker died after the promotion: judge it again against the version that it replaced.
            version = way.next
        if version is None:
            return None, None
        try:
            return LoadedVersion.load_safely(self._store, version), None
        except NotLoadable as error:
            return self._not_comparable(error)

    def _not_comparable(self, error: Exception) -> tuple[None, str]:
        logger.warning("No champion to compare with: %s", error)
        return None, str(error).rstrip(".")

    def _compare_on_recent(
        self,
        challenger: LoadedVersion,
        champion: LoadedVersion | None,
        published: PublishedVersion,
        trigger: Trigger,
        now: datetime,
    ) -> Comparison | Missing:
        if champion is None:
            return NO_CHAMPION
        known = (published.chosen_by, champion.learned.inputs)
        recent = read_recent_part(self._settings, trigger.window, now, challenger.learned, *known)
        return recent if isinstance(recent, Missing) else _compare(challenger, champion, recent)


def _compare_on_fixed(
    challenger: LoadedVersion, champion: LoadedVersion | None, test: Part
) -> Comparison | Missing:
    if champion is None:
        return NO_CHAMPION
    new = judging_rows(test.inputs, champion.learned.inputs, challenger.learned.inputs)
    if new.sum() < SMALLEST_FIXED_PART:
        return Missing(
            f"only {new.sum():,} of the {len(test):,} test rows are unlike any row that just one of the "
            f"models learned; at least {SMALLEST_FIXED_PART} are needed"
        )
    return _compare(challenger, champion, Part(test.inputs[new], test.targets[new]))


def _compare(challenger: LoadedVersion, champion: LoadedVersion, part: Part) -> Comparison:
    return Comparison(challenger.answers(part), champion.answers(part))
