"""Whether a challenger becomes the champion: a pure decision with every figure and reason.

Ways to a promotion, each only if every required check passed:

no champion         nothing could be compared; the checks of the model alone decide
better              its RMSE on the test part is lower beyond doubt
better on recent    the retraining was asked for by drift or degradation, and it is better on the recent part
                    beyond doubt and, beyond doubt, not worse on the test part by more than the margin
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from storage.schema.predictions import LabelledPredictions
from storage.schema.triggers import TriggerSource
from training.dataset.missing import Missing
from training.evaluation.behaviour import Observation
from training.evaluation.comparison import Comparison
from training.promotion.checks import (
    Check,
    Rules,
    behaviour_checks,
    better_check,
    coverage_check,
    latency_check,
    no_loss_check,
    recent_coverage_check,
    slice_checks,
    within_margin_check,
)

Branch = Literal["no champion", "better", "better on recent"]

FIXED, RECENT = "test part", "recent part"
BETTER_ON_FIXED, BETTER_ON_RECENT = f"better on the {FIXED}", f"better on the {RECENT}"
NOT_WORSE_ON_FIXED = f"not worse on the {FIXED}"
SOURCES_OF_CHANGE: tuple[TriggerSource, ...] = ("drift", "degradation")
"""What asks for a retraining because the world has moved away from the test part."""
MOST_REASONS = 5
"""In the sentence for a person; the checks have all of them."""


@dataclass(frozen=True)
class Evidence:
    """What the decision rests on.

    Attributes
    ----------
    challenger
        Its answers to the whole test part.
    coverage
        Share of prices that its intervals should hold.
    champion_version
        None: there is none, or it is damaged.
    fixed, recent
        Both models' answers to rows that neither was fitted on, of the test part and of the labelled
        predictions of late.
    source
        What asked for the retraining.
    latency_microseconds
        Of one prediction of the challenger.
    behaviour
        What was observed of the challenger.
    """

    challenger: LabelledPredictions
    coverage: float
    champion_version: str | None
    fixed: Comparison | Missing
    recent: Comparison | Missing
    source: TriggerSource
    latency_microseconds: float
    behaviour: tuple[Observation, ...]


@dataclass(frozen=True)
class Decision:
    """The verdict.

    Attributes
    ----------
    branch
        The way that led to the promotion; None if none is open.
    reason
        For a person, without a full stop.
    """

    promote: bool
    branch: Branch | None
    source: TriggerSource
    champion_version: str | None
    checks: tuple[Check, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values; a figure that is not finite becomes None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def decide(evidence: Evidence, rules: Rules) -> Decision:
    """Decide whether the challenger becomes the champion.

    A challenger whose answers are the champion's is never promoted: its interval is [0, 0], not below zero.
    """
    checks = tuple(_checks(evidence, rules))
    branch = _branch(evidence, {check.name: check.passed for check in checks})
    failed = [check for check in checks if check.required and not check.passed]
    return Decision(
        promote=branch is not None and not failed,
        branch=branch,
        source=evidence.source,
        champion_version=evidence.champion_version,
        checks=checks,
        reason=_reason(branch, checks, failed, _ways(evidence.source)),
    )


def _checks(evidence: Evidence, rules: Rules) -> Iterator[Check]:
    yield coverage_check(evidence.challenger, evidence.coverage, rules)
    yield latency_check(evidence.latency_microseconds, rules)
    yield from behaviour_checks(evidence.behaviour)
    if evidence.champion_version is None:
        return
    yield from _checks_on_fixed(evidence.fixed, rules)
    yield from _checks_on_recent(evidence.recent, evidence.coverage, rules)


def _checks_on_fixed(fixed: Comparison | Missing, rules: Rules) -> Iterator[Check]:
    if isinstance(fixed, Missing):
        yield _not_compared(BETTER_ON_FIXED, fixed)
        yield _not_compared(NOT_WORSE_ON_FIXED, fixed)
        return
    found = fixed.measure(rules.seed)
    yield better_check(FIXED, found)
    yield within_margin_check(FIXED, found, rules)
    yield from slice_checks(fixed, rules)


def _checks_on_recent(
    recent: Comparison | Missing, coverage: float, rules: Rules
) -> Iterator[Check]:
    if isinstance(recent, Missing):
        yield _not_compared(BETTER_ON_RECENT, recent)
        return
    found = recent.measure(rules.seed)
    yield better_check(RECENT, found)
    yield no_loss_check(f"the {RECENT}", found, rules.margin_share)
    yield recent_coverage_check(recent, coverage, rules)


def _not_compared(name: str, missing: Missing) -> Check:
    sentence = f"whether it is {name} is not known: {missing.reason}"
    return Check(name, passed=False, required=False, sentence=sentence)


def _branch(evidence: Evidence, passed: Mapping[str, bool]) -> Branch | None:
    if evidence.champion_version is None:
        return "no champion"
    if passed[BETTER_ON_FIXED]:
        return "better"
    has_changed = evidence.source in SOURCES_OF_CHANGE
    if has_changed and passed[BETTER_ON_RECENT] and passed[NOT_WORSE_ON_FIXED]:
        return "better on recent"
    return None


def _ways(source: TriggerSource) -> tuple[str, ...]:
    """Return the checks that could have led to a promotion."""
    on_recent = (BETTER_ON_RECENT, NOT_WORSE_ON_FIXED) if source in SOURCES_OF_CHANGE else ()
    return BETTER_ON_FIXED, *on_recent


def _reason(
    branch: Branch | None, checks: tuple[Check, ...], failed: list[Check], ways: tuple[str, ...]
) -> str:
    if failed or branch is None:
        needed = ways if branch is None else ()
        closed = [check for check in checks if check.name in needed and not check.passed]
        return _listed([check.sentence for check in (*closed, *failed)])
    named = {check.name: check.sentence for check in checks}
    if branch == "no champion":
        return (
            "there is no champion that could be compared, and it passes the checks of a model alone"
        )
    if branch == "better":
        return named[BETTER_ON_FIXED]
    return f"{named[BETTER_ON_RECENT]}; {named[NOT_WORSE_ON_FIXED]}"


def _listed(sentences: list[str]) -> str:
    more = len(sentences) - MOST_REASONS
    further = [f"and {more} more"] if more > 0 else []
    return "; ".join([*sentences[:MOST_REASONS], *further])


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
