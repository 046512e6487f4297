"""The promotion gate: lets challenger and champion answer the same untouched rows, and has it decided."""

import logging
from datetime import datetime

from storage.errors import ModelIntegrityError, ModelUnavailable, RecordNotFound
from storage.model_store import ModelStore
from storage.schema.records import Trigger
from storage.settings import Settings
from training.contender import Contender
from training.contest import Contest, Missing
from training.dataset.splits import Part
from training.gate_checks import Rules
from training.known_rows import is_new
from training.model_behaviour import observe
from training.promotion import Decision, Evidence, decide
from training.recent_part import read_recent_part
from training.train import TrainedVersion

logger = logging.getLogger(__name__)

SMALLEST_FIXED_PART = 30
"""Untouched test rows below which errors are not compared."""
NO_CHAMPION = Missing("there is no champion")


class PromotionGate:
    """Decides about the versions of one runtime folder; changes nothing in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.paths)

    def judge(self, trained: TrainedVersion, trigger: Trigger, now: datetime) -> Decision:
        """Compare a published version with the champion, and say in the log how each check went.

        Raises
        ------
        ModelIntegrityError
            If the published version cannot be read back.
        """
        evidence = self._evidence(trained, trigger, now)
        decision = decide(evidence, Rules.of(self._settings))
        for check in decision.checks:
            level = logging.INFO if check.passed or not check.required else logging.WARNING
            verdict = "passed" if check.passed else "not passed"
            logger.log(level, "Gate, %s: %s, %s.", check.name, verdict, check.sentence)
        return decision

    def _evidence(self, trained: TrainedVersion, trigger: Trigger, now: datetime) -> Evidence:
        challenger = Contender.load(self._store, trained.manifest.version)
        champion = self._champion()
        test = Part(trained.outcome.answers.inputs, trained.outcome.answers.actual)
        return Evidence(
            challenger=challenger.answers(test),
            champion_version=champion.version if champion is not None else None,
            fixed=_contest_on_fixed(challenger, champion, test),
            recent=self._contest_on_recent(challenger, champion, trained, trigger, now),
            source=trigger.source,
            latency_microseconds=challenger.latency_microseconds(test.inputs),
            behaviour=observe(challenger.predictor, test.inputs),
        )

    def _champion(self) -> Contender | None:
        try:
            return Contender.load(self._store, self._store.champion().version)
        except (ModelUnavailable, ModelIntegrityError, RecordNotFound) as error:
            logger.warning("No champion to compare with: %s", error)
            return None

    def _contest_on_recent(
        self,
        challenger: Contender,
        champion: Contender | None,
        trained: TrainedVersion,
        trigger: Trigger,
        now: datetime,
    ) -> Contest | Missing:
        if champion is None:
            return NO_CHAMPION
        # The validation part chose the challenger and calibrated its intervals.
        known = (challenger.fitted_on, trained.outcome.validation.inputs, champion.fitted_on)
        recent = read_recent_part(self._settings, trigger.window, now, *known)
        return recent if isinstance(recent, Missing) else _contest(challenger, champion, recent)


def _contest_on_fixed(
    challenger: Contender, champion: Contender | None, test: Part
) -> Contest | Missing:
    if champion is None:
        return NO_CHAMPION
    # A champion of another seed learned from rows that are this challenger's test part.
    new = is_new(test.inputs, champion.fitted_on)
    if new.sum() < SMALLEST_FIXED_PART:
        return Missing(
            f"the champion learned from all but {new.sum():,} of the {len(test):,} test rows, at least "
            f"{SMALLEST_FIXED_PART} others are needed"
        )
    return _contest(challenger, champion, Part(test.inputs[new], test.targets[new]))


def _contest(challenger: Contender, champion: Contender, part: Part) -> Contest:
    return Contest(challenger.answers(part), champion.answers(part))
