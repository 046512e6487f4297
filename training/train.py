"""One training from a table to a published version."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from storage.models.pickles import pickled
from storage.models.store import ModelStore
from storage.schema.manifest import ModelManifest
from storage.schema.records import utc_now
from storage.schema.table_profile import SplitProfile, TableProfile
from storage.settings import Settings
from training.dataset.doubts import doubts_of
from training.dataset.kept import keep_table
from training.dataset.plan import planned
from training.dataset.production_rows import (
    LabelledReport,
    Retraining,
    checksum,
    with_labelled_rows,
)
from training.dataset.profile import part_profiles, table_profile
from training.dataset.splits import Part, Splits, split
from training.dataset.table import HousingTable
from training.fitting.fit import (
    FittedCandidate,
    answers_with_intervals,
    choose,
    fit,
    fit_again,
    fit_intervals,
    is_worth_another_fit,
    measure,
    quick_enough,
    with_intervals,
)
from training.fitting.lesson import lesson_of
from training.fitting.outcome import TrainingOutcome, split_in_words
from training.fitting.progress import StepDisplay
from training.fitting.run_parameters import run_parameters
from training.fitting.search import SEARCHED, Trial, configured_search
from training.models.candidates import Candidate, competing, require_libraries
from training.models.predictor import as_served
from training.models.reference_profile import ReferenceProfile
from training.promotion.checks import Rules
from training.promotion.own_checks import own_checks
from training.publishing.model_card import model_card
from training.publishing.model_metrics import record_model_metrics
from training.publishing.publish import free_version_id, publish
from training.publishing.published_version import PublishedVersion
from training.tracking.context import TrainingContext
from training.tracking.pending import OpenRegistration, OpenRegistrations
from training.tracking.registry import register_challenger
from training.tracking.runs import RecordedRun, record_training
from training.tracking.store import TrackingUnavailable

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainedVersion:
    """A published version and how it was trained. It is not the champion yet."""

    manifest: ModelManifest
    outcome: TrainingOutcome

    @property
    def published(self) -> PublishedVersion:
        """The version as the gate takes it."""
        answers = self.outcome.answers
        test = Part(answers.inputs, answers.actual)
        return PublishedVersion(self.manifest, test, self.outcome.validation.inputs)


class Training:
    """Trains ``candidates`` on ``table``, reporting each step to ``display``.

    Parameters
    ----------
    retraining
        The trigger and its labelled predictions; None: the table only, no trigger.

    Raises
    ------
    InvalidInput
        When it is made, if HOUSING_SEARCH_SPACE cannot be used, the library of a candidate is missing, or the
        retraining's plan names one that is not configured.
    """

    def __init__(
        self,
        settings: Settings,
        table: HousingTable,
        candidates: Sequence[Candidate],
        display: StepDisplay,
        retraining: Retraining | None = None,
    ) -> None:
        self._plan = retraining.plan if retraining is not None else None
        self._settings = settings = planned(settings, self._plan)
        self._table = table
        self._candidates = candidates = competing(candidates, self._plan)
        self._display = display
        self._retraining = retraining
        self._registrations = OpenRegistrations(settings.paths)
        self._search = configured_search(settings, candidates)
        require_libraries(candidates)
        self._step = 0

    def run(self) -> TrainedVersion:
        """Fit, choose on validation, measure once on test, record in MLflow, publish.

        If MLflow is unavailable, the runs are recorded later and the model is not delayed
        (``RegistrationRetry``). Stopped at any point before the end, no version exists.
        """
        splits, labelled = self._learned
        doubts = self._doubts()
        fitted, trials = self._fit_all(splits)
        rules = Rules.of(self._settings)
        chosen = choose(quick_enough(fitted, rules.latency_budget_microseconds))
        self._say_what_was_too_slow(fitted, chosen)
        self._display.enter("evaluating", self._steps - self._fits)
        self._begin("Calibrating the intervals")
        intervals = fit_intervals(chosen, splits, self._settings.training.random_seed)
        winner, learned = self._fit_again(chosen, splits)
        self._begin("Measuring on the test part")
        test = splits.test.open()
        model, now = pickled(winner.pipeline), utc_now()
        place = fitted.index(chosen)
        measured = list(measure([*fitted[:place], winner, *fitted[place + 1 :]], test))
        answers = answers_with_intervals(measured[place], intervals, test)
        measured[place] = with_intervals(measured[place], answers, intervals.coverage)
        self._begin("Compiling the winner for service, and checking it")
        seed = self._settings.training.random_seed
        profile = ReferenceProfile.fit(learned.inputs, learned.targets, seed)
        predictor = as_served(winner.pipeline, intervals, profile, learned.inputs)
        outcome = TrainingOutcome(
            version=free_version_id(ModelStore(self._settings.paths), model, now),
            trained_at=now,
            winner=measured[place],
            candidates=tuple(measured),
            intervals=intervals,
            answers=answers,
            trials=trials,
            training=learned,
            seed=seed,
            validation=splits.validation,
            row_counts=splits.row_counts,
            table=self._table.learned,
            profile=self._profile(splits, test),
            dataset_sha256=self._table.sha256,
            training_sha256=checksum(learned),
            lesson_sha256=self.lesson,
            labelled=labelled,
            trigger_id=self._retraining.trigger_id if self._retraining is not None else None,
            plan=self._plan,
            repeated=splits.repeated,
            split=splits.learned,
            learned_again=winner is not chosen,
            doubts=doubts,
            checks=own_checks(predictor, answers, intervals.coverage, rules),
        )
        context = self._context(outcome)
        run = self._record_runs(outcome, test, context)
        return TrainedVersion(self._publish(outcome, model, context, run), outcome)

    @cached_property
    def lesson(self) -> str:
        """The checksum of all that decides what is learned; known before anything is fitted."""
        rows = self._learned[0].train
        seed = self._settings.training.random_seed
        return lesson_of(self._table.sha256, rows, self._candidates, self._search, seed)

    @property
    def labelled(self) -> LabelledReport | None:
        """How the labelled predictions are used; None without a trigger."""
        return self._learned[1]

    @cached_property
    def _learned(self) -> tuple[Splits, LabelledReport | None]:
        splits = split(self._table, self._settings.training.random_seed)
        logger.info("%s: %s", self._table.learned.name, split_in_words(splits.learned))
        if self._retraining is None:
            return splits, None
        splits, report = with_labelled_rows(splits, self._retraining.window, self._settings)
        logger.info("%s.", report.sentence())
        return splits, report

    def _say_what_was_too_slow(
        self, fitted: Sequence[FittedCandidate], winner: FittedCandidate
    ) -> None:
        for one in fitted:
            if one.validation.rmse < winner.validation.rmse:
                logger.warning(
                    "%s has a lower error on validation, but one prediction takes %d us: over the budget "
                    "(HOUSING_PROMOTION_LATENCY_BUDGET_MICROSECONDS).",
                    one.label,
                    round(one.row_microseconds),
                )

    def _profile(self, splits: Splits, test: Part) -> TableProfile:
        parts = {"train": splits.train, "validation": splits.validation, "test": test}
        targets = {name: part.targets for name, part in parts.items()}
        labelled = self.labelled.used if self.labelled is not None else 0
        split_profile = SplitProfile(
            kind=splits.learned.kind,
            repeated=splits.repeated,
            labelled=labelled,
            learned_again=is_worth_another_fit(splits),
            parts=part_profiles(targets),
        )
        return table_profile(self._table, split_profile)

    def _doubts(self) -> tuple[str, ...]:
        """Say what is odd about the table before it is learned from, which takes minutes."""
        doubts = doubts_of(self._table)
        for doubt in doubts:
            logger.warning("%s: %s", self._table.learned.name, doubt)
        return doubts

    def _fit_all(self, splits: Splits) -> tuple[list[FittedCandidate], tuple[Trial, ...]]:
        fitted: list[FittedCandidate] = []
        trials: tuple[Trial, ...] = ()
        self._display.enter("training", self._fits)
        for candidate in self._candidates:
            if self._search is not None and candidate.name == SEARCHED:
                found = self._search.fit(splits.train, splits.validation, self._begin)
                trials = found.trials
                fitted.append(found.best)
            else:
                fitted.append(self._fit(candidate, splits.train, splits.validation))
        return fitted, trials

    def _fit(self, candidate: Candidate, train: Part, validation: Part) -> FittedCandidate:
        self._begin(f"Fitting {candidate.label.lower()}")
        return fit(candidate, train, validation, self._settings.training.threads)

    def _fit_again(self, winner: FittedCandidate, splits: Splits) -> tuple[FittedCandidate, Part]:
        """Return the model that is to serve, and the rows that it learned from."""
        if not is_worth_another_fit(splits):
            return winner, splits.train
        self._begin("Fitting the winner on training and validation rows")
        return fit_again(winner, splits, self._settings.training.threads), splits.learnable

    def _context(self, outcome: TrainingOutcome) -> TrainingContext:
        return TrainingContext(
            version=outcome.version,
            winner=outcome.winner.fitted.name,
            seed=outcome.seed,
            dataset_origin=outcome.table.name,
            dataset_sha256=outcome.dataset_sha256,
            training_sha256=outcome.training_sha256,
            labelled=outcome.labelled.as_json() if outcome.labelled is not None else None,
            trigger_id=outcome.trigger_id,
            row_counts=outcome.row_counts,
            model_card=model_card(outcome),
            parameters=run_parameters(self._settings, self._search, self._plan),
            repeated=outcome.repeated,
            split=outcome.split,
            learned_again=outcome.learned_again,
            part_sha256={
                "train": checksum(self._learned[0].train),
                "validation": checksum(outcome.validation),
                "test": checksum(Part(outcome.answers.inputs, outcome.answers.actual)),
            },
        )

    def _record_runs(
        self, outcome: TrainingOutcome, test: Part, context: TrainingContext
    ) -> RecordedRun | None:
        arguments = (self._settings, context, outcome.candidates, outcome.trials, test)
        try:
            return record_training(*arguments, self._begin, self._display.recorded)
        except TrackingUnavailable as error:
            logger.warning("%s The model is published anyway and recorded later.", error)
            return None

    def _publish(
        self,
        outcome: TrainingOutcome,
        model: bytes,
        context: TrainingContext,
        run: RecordedRun | None,
    ) -> ModelManifest:
        self._begin("Writing the version")
        run_id = run.run_id if run is not None else None
        keep_table(self._settings.paths, self._table)
        self._registrations.keep(OpenRegistration(context, outcome.trials, run))
        manifest = publish(ModelStore(self._settings.paths), outcome, model, run_id)
        record_model_metrics(self._settings, outcome)
        if run is not None:
            self._register(manifest, run)
        return manifest

    def _register(self, manifest: ModelManifest, run: RecordedRun) -> None:
        with self._registrations.alone():
            if register_challenger(self._settings, manifest, run):
                self._registrations.close(manifest.version)

    def _begin(self, step: str) -> None:
        self._step += 1
        self._display.begin(step, self._step, self._steps)

    @property
    def _fits(self) -> int:
        """Models to fit: each candidate, and each trial of a search besides the default."""
        further_trials = len(self._search.configurations) - 1 if self._search is not None else 0
        return len(self._candidates) + further_trials

    @property
    def _steps(self) -> int:
        # Each candidate is also recorded; the intervals, the test part, MLflow, compiling and writing are
        # a step each, and the winner's second fit if there is one.
        second = int(is_worth_another_fit(self._learned[0]))
        return self._fits + len(self._candidates) + 5 + second
