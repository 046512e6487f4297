"""Versions in words: which of two is better, how a figure is written."""

from dataclasses import dataclass

from backend.contract.definition import DISPLAY
from backend.contract.models.registry import ModelVersion
from backend.contract.models.version import ComparisonResponse, GateVerdict
from backend.contract.performance import Estimate
from dashboard.wording.moment import moment
from dashboard.wording.value import escaped, ranged, written, written_difference
from dashboard.wording.version_words import model_label


@dataclass(frozen=True)
class Outcome:
    """Which of two versions is better; ``colour`` and ``icon`` are Streamlit's names."""

    title: str
    sentence: str
    colour: str
    icon: str


def trained_words(version: ModelVersion) -> str:
    """Say which model it is and when it was trained."""
    return f"{model_label(version)}, trained {moment(version.trained_at)}"


def table_words(version: ModelVersion) -> str:
    """Name the table that it learned from, as Markdown."""
    checksum = f":gray[SHA-256 {version.dataset_sha256[:12]}]"
    if version.table is None:
        return f":gray[name not recorded] · {checksum}"
    return f"`{version.table.name}` · {version.table.rows:,} rows · {checksum}"


def doubt_words(version: ModelVersion) -> str:
    """Say what is odd about that table, as Markdown."""
    return " ".join(f":orange[{escaped(doubt)}]" for doubt in version.doubts)


def outcome(
    found: ComparisonResponse,
    noun: str,
    verdict_on_champion: GateVerdict | None = None,
    against: str = "champion",
) -> Outcome:
    """Return whether the one or the other version is better, or that it is unknown; Markdown.

    A champion that replaced the other one because of recent rows may be worse on the common ones: the
    sentence says so, with its verdict. ``noun`` and ``against`` name the two, after "the".
    """
    if found.sameness is not None:
        return _same(found, noun, against)
    if found.difference is None or found.rmse is None or found.against_rmse is None:
        return Outcome("Not comparable", found.reason or "", "gray", "help")
    sentence = (
        f"RMSE {escaped(written(found.rmse))}, that of the {against} "
        f"{escaped(written(found.against_rmse))}; difference {difference_words(found.difference)} on "
        f"{found.rows:,} common holdout rows."
    )
    if (recent := _promoted_by_recent(found, verdict_on_champion)) is not None:
        sentence = f"{sentence}  \n{recent}"
        if found.difference.upper < 0:
            title = f"The {noun} is better on the holdout, the champion on recent rows"
            return Outcome(title, sentence, "gray", "compare_arrows")
    if found.difference.upper < 0:
        return Outcome(f"The {noun} is better", sentence, "green", "trending_up")
    if found.difference.lower > 0:
        return Outcome(f"The {noun} is worse", sentence, "red", "trending_down")
    return Outcome("No significant difference", sentence, "gray", "trending_flat")


def _same(found: ComparisonResponse, noun: str, against: str) -> Outcome:
    if found.sameness == "identical":
        sentence = f"The {noun} gives the same answers and intervals as the {against}."
        return Outcome("Identical models", sentence, "gray", "equal")
    sentence = f"The {noun} gives the same answers as the {against}; only its intervals differ."
    return Outcome("The same model with other intervals", sentence, "gray", "equal")


def _promoted_by_recent(found: ComparisonResponse, verdict: GateVerdict | None) -> str | None:
    """Return by which rows the champion replaced the other version, if not by the holdout; Markdown."""
    if verdict is None or not verdict.promote or verdict.branch != "better on recent":
        return None
    if verdict.champion_version != found.version:
        return None
    named = {check.name: check.figures for check in verdict.checks}
    figures = named.get("better on the recent part", {})
    new, old, rows = (figures.get(name) for name in ("challenger_rmse", "champion_rmse", "rows"))
    if new is None or old is None or rows is None:
        return None
    return (
        f"The champion replaced it because of {rows:,} recent labelled predictions: RMSE "
        f"{escaped(written(new))} there, the other's {escaped(written(old))}. The holdout rows are those of "
        "the training table."
    )


def difference_words(difference: Estimate) -> str:
    """Write a difference with its interval, as Markdown."""
    value, lower, upper = (
        escaped(finer_difference(each))
        for each in (difference.value, difference.lower, difference.upper)
    )
    return f"**{value}** ({ranged(lower, upper)})"


def finer_difference(value: float) -> str:
    """Write a difference of errors with its sign, ten times as finely as a prediction.

    Examples
    --------
    >>> finer_difference(0.0123), finer_difference(-0.00318), finer_difference(0.00001)
    ('+$1,230', '−$320', '$0')
    """
    return written_difference(value, DISPLAY.step / 10)
