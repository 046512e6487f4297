"""When to request a retraining: a pure function of the findings, with its reasons in words.

Causes, the most serious first: the error has risen (realized), the intervals hold too few actual values, the
inputs have drifted, the error is estimated to have risen, the model is old, many predictions were labelled
since it was trained. Whatever the cause, a scheduled check requests nothing while automatic retraining is
off, another retraining is queued or running, the last one that a check requested ended within the cooldown,
or a version has learned the same rows already: the same training gives the same model, and the gate the same
answer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.contract.retraining.check import RetrainingBlock, RetrainingDecision

Source = Literal["degradation", "drift", "age", "labels"]
"""The cause named in the request for a retraining."""
Figures = dict[str, float | int | str | bool | None]


@dataclass(frozen=True)
class DriftFinding:
    """The result of comparing a window with the reference.

    Attributes
    ----------
    judged
        False without enough data, which is not "no drift".
    alarm
        Whether to act on it: the alarm policy's verdict for repeated checks, the window's own otherwise.
    share
        Share of inputs that drifted (0 to 1); None without a verdict.
    reason
        The reason in words.
    """

    judged: bool
    alarm: bool
    share: float | None
    severity: str
    reason: str


@dataclass(frozen=True)
class IntervalFinding:
    """Whether intervals hold as many actual values as they promise; ``coverage`` is a share (0 to 1).

    Attributes
    ----------
    too_narrow
        Whether the coverage is shown to be too low.
    """

    too_narrow: bool
    coverage: float
    reason: str


@dataclass(frozen=True)
class ErrorFinding:
    """The result for the realized or the estimated error; errors are in the target's unit.

    Attributes
    ----------
    judged
        False without enough rows.
    degraded
        Whether it is significantly above the holdout's.
    rows
        Number of rows it is based on.
    intervals
        The finding about the intervals of the same rows; None without enough of them.
    """

    judged: bool
    degraded: bool
    rows: int
    rmse: float | None
    baseline_rmse: float | None
    reason: str
    intervals: IntervalFinding | None = None


@dataclass(frozen=True)
class KnownLesson:
    """A version that learned what a retraining would learn now: the same rows, candidates and settings.

    Attributes
    ----------
    serves, has_served
        Whether it serves, and whether it ever did; one that never did was refused by the gate.
    """

    version: str
    trained_at: datetime
    serves: bool
    has_served: bool

    def sentence(self) -> str:
        """Say why a check requests no retraining.

        Examples
        --------
        >>> KnownLesson("v2", datetime(2026, 1, 2, 3, 4), serves=False, has_served=False).sentence()
        'Same data as the refused retraining of 2026-01-02 03:04 UTC; the next one needs new labels.'
        """
        if self.serves:
            subject = "the training of the served version"
        else:
            subject = (
                "a version that no longer serves," if self.has_served else "the refused retraining"
            )
        when = f"of {self.trained_at:%Y-%m-%d %H:%M} UTC"
        return f"Same data as {subject} {when}; the next one needs new labels."


@dataclass(frozen=True)
class Circumstances:
    """What is known besides the window.

    Attributes
    ----------
    model_age_days
        Age of the served version.
    newly_labelled_rows
        Predictions labelled since the newest version was trained.
    open_retrainings
        Ids of queued and running retrainings.
    hours_since_retraining
        Hours since the last one that a check requested ended; None if there was none.
    known_lesson
        The newest version of what would be learned now; None if there is none, or anything else blocks.
    """

    model_age_days: float
    newly_labelled_rows: int
    open_retrainings: tuple[str, ...] = ()
    hours_since_retraining: float | None = None
    known_lesson: KnownLesson | None = None


@dataclass(frozen=True)
class PolicyRules:
    """The operator's values; 0 switches the age and the labelled rows off as causes."""

    automatic: bool
    maximum_model_age_days: float
    enough_labelled_rows: int
    cooldown_hours: float


def decide(
    drift: DriftFinding | None,
    realized: ErrorFinding | None,
    estimated: ErrorFinding | None,
    circumstances: Circumstances,
    rules: PolicyRules,
) -> RetrainingDecision:
    """Decide from the findings; None means not checked.

    The estimated error is a cause only if the realized error cannot be judged: labels are more reliable.

    Examples
    --------
    >>> rules = PolicyRules(True, maximum_model_age_days=90, enough_labelled_rows=0, cooldown_hours=24)
    >>> drift = DriftFinding(True, True, 0.25, "high", "Median income: the distribution shifted.")
    >>> decision = decide(drift, None, None, Circumstances(3.0, 0), rules)
    >>> decision.source, decision.asks_by_itself
    ('drift', True)
    >>> decision.reasons
    ['Drift (high): Median income: the distribution shifted.']
    >>> recent = Circumstances(3.0, 0, hours_since_retraining=1.5)
    >>> decide(drift, None, None, recent, rules).blocked_by
    ['The last automatic retraining ended 1.5 h ago; the cooldown is 24 h.']
    """
    causes = [
        *_degradation(realized),
        *_intervals(realized),
        *_drift(drift),
        *_estimated_degradation(realized, estimated),
        *_age(circumstances, rules),
        *_labels(circumstances, rules),
    ]
    blocks = _blocks(circumstances, rules)
    return RetrainingDecision(
        should_retrain=bool(causes),
        source=causes[0][0] if causes else None,
        reasons=[reason for _, reason in causes]
        or _why_not(drift, realized, estimated, circumstances),
        figures=_figures(drift, realized, estimated, circumstances),
        blocks=blocks,
        blocked_by=[block.sentence for block in blocks],
    )


Cause = tuple[Source, str]


def _degradation(realized: ErrorFinding | None) -> list[Cause]:
    if realized is None or not realized.degraded:
        return []
    return [("degradation", f"Realized error: {realized.reason}")]


def _intervals(realized: ErrorFinding | None) -> list[Cause]:
    found = realized.intervals if realized is not None else None
    if found is None or not found.too_narrow:
        return []
    return [("degradation", f"Intervals: {found.reason}")]


def _drift(drift: DriftFinding | None) -> list[Cause]:
    if drift is None or not drift.alarm:
        return []
    return [("drift", f"Drift ({drift.severity}): {drift.reason}")]


def _estimated_degradation(
    realized: ErrorFinding | None, estimated: ErrorFinding | None
) -> list[Cause]:
    known_better = realized is not None and realized.judged
    if estimated is None or not estimated.degraded or known_better:
        return []
    return [("degradation", f"Estimated error (no labels yet): {estimated.reason}")]


def _age(circumstances: Circumstances, rules: PolicyRules) -> list[Cause]:
    limit, age = rules.maximum_model_age_days, circumstances.model_age_days
    if not limit or age < limit:
        return []
    return [("age", f"The model is {age:.0f} days old; retraining is suggested after {limit:g}.")]


def _labels(circumstances: Circumstances, rules: PolicyRules) -> list[Cause]:
    enough, rows = rules.enough_labelled_rows, circumstances.newly_labelled_rows
    if not enough or rows < enough:
        return []
    sentence = (
        f"{rows:,} predictions were labelled since the last training; "
        f"retraining is suggested at {enough:,}."
    )
    return [("labels", sentence)]


def _why_not(
    drift: DriftFinding | None,
    realized: ErrorFinding | None,
    estimated: ErrorFinding | None,
    circumstances: Circumstances,
) -> list[str]:
    found = [
        *([f"Drift: {drift.reason}"] if drift is not None else []),
        *([f"Realized error: {realized.reason}"] if realized is not None else []),
        *([f"Estimated error: {estimated.reason}"] if estimated is not None else []),
    ]
    return [
        "No reason to retrain.",
        *found,
        f"The model is {circumstances.model_age_days:.0f} days old.",
    ]


def _blocks(circumstances: Circumstances, rules: PolicyRules) -> list[RetrainingBlock]:
    blocks = []
    if not rules.automatic:
        sentence = "Automatic retraining is off."
        blocks.append(RetrainingBlock(kind="automatic_off", sentence=sentence))
    if circumstances.open_retrainings:
        sentence = f"Retraining {circumstances.open_retrainings[0]} is already queued or running."
        blocks.append(RetrainingBlock(kind="open_retraining", sentence=sentence))
    since = circumstances.hours_since_retraining
    if since is not None and since < rules.cooldown_hours:
        sentence = (
            f"The last automatic retraining ended {since:.1f} h ago; the cooldown is "
            f"{rules.cooldown_hours:g} h."
        )
        blocks.append(RetrainingBlock(kind="cooldown", sentence=sentence))
    if circumstances.known_lesson is not None:
        sentence = circumstances.known_lesson.sentence()
        blocks.append(RetrainingBlock(kind="same_data", sentence=sentence))
    return blocks


def _figures(
    drift: DriftFinding | None,
    realized: ErrorFinding | None,
    estimated: ErrorFinding | None,
    circumstances: Circumstances,
) -> Figures:
    intervals = realized.intervals if realized is not None else None
    return {
        "drift_share": drift.share if drift is not None else None,
        "drift_severity": drift.severity if drift is not None and drift.judged else None,
        "drift_alarm": drift.alarm if drift is not None else None,
        **_error_figures("realized", realized),
        **_error_figures("estimated", estimated),
        "intervals_too_narrow": intervals.too_narrow if intervals is not None else None,
        "interval_coverage": intervals.coverage if intervals is not None else None,
        "model_age_days": round(circumstances.model_age_days, 3),
        "newly_labelled_rows": circumstances.newly_labelled_rows,
        "hours_since_retraining": circumstances.hours_since_retraining,
    }


def _error_figures(name: str, found: ErrorFinding | None) -> Figures:
    return {
        f"{name}_rows": found.rows if found is not None else None,
        f"{name}_rmse": found.rmse if found is not None else None,
        f"{name}_baseline_rmse": found.baseline_rmse if found is not None else None,
        f"{name}_degraded": found.degraded if found is not None and found.judged else None,
    }
