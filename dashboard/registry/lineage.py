"""Where a version comes from, in words: rows, code, and the retraining that somebody asked for."""

from collections.abc import Callable

from backend.contract.models.lineage import AskedRetraining, LearnedPredictions, Lineage
from backend.contract.models.version import VersionResponse
from dashboard.registry.words import doubt_words, table_words
from dashboard.settings import addresses
from dashboard.wording.foreign import plain
from dashboard.wording.moment import moment, period
from dashboard.wording.plan_words import plan_words
from dashboard.wording.value import escaped

Fact = Callable[[VersionResponse], str | None]
"""What is said of a version, as Markdown; None: nothing is known."""

NOT_RECORDED = ":gray[not recorded]"
SHOWN_DIGITS = 12
"""Of a checksum or a commit."""


def _table(report: VersionResponse) -> str:
    return table_words(report.version)


def _doubts(report: VersionResponse) -> str | None:
    return doubt_words(report.version) or None


def _intervals(report: VersionResponse) -> str | None:
    note = report.version.intervals_note
    return escaped(note) if note is not None else None


def predictions_words(found: LearnedPredictions | None) -> str:
    """Say which production rows it learned from; Markdown."""
    if found is None:
        return ":gray[none: trained from the command line]"
    window = period(found.since, found.until)
    if found.why_not is not None:
        return f"none of {window}, because {escaped(found.why_not)}"
    left_out = "; ".join(f"{one.rows:,} {one.why}" for one in found.left_out)
    words = f"**{found.used:,}** of {window}, weight {found.weight:g}, in place of {found.replaced:,} rows"
    return f"{words} :gray[(left out: {escaped(left_out)})]" if left_out else words


def asked_words(asked: AskedRetraining | None) -> str:
    """Say which retraining made it, who asked for it, and why; Markdown."""
    if asked is None:
        return ":gray[nobody: trained from the command line]"
    if asked.requested_at is None:
        return f"`{asked.trigger_id}` :gray[its record is no longer kept]"
    who = asked.person or asked.requested_by or ""
    said = (
        f"{plain(who)}, {moment(asked.requested_at)} ({asked.source}): {plain(asked.reason or '')}"
    )
    return f"{said} :gray[`{asked.trigger_id}`]"


def code_words(found: Lineage) -> str:
    """Say which code trained it; Markdown."""
    if found.code is None:
        return NOT_RECORDED
    commit = found.code.commit
    checkout = f"commit `{commit[:SHOWN_DIGITS]}`" if commit else "no checkout"
    return f"{checkout} :gray[· files {found.code.sha256[:SHOWN_DIGITS]}]"


def libraries_words(found: Lineage) -> str:
    """List the versions of what trained it."""
    return escaped(", ".join(f"{name} {number}" for name, number in found.libraries.items()))


def mlflow_words(run: str | None) -> str:
    """Return a link to the run in MLflow; Markdown."""
    if run is None:
        return NOT_RECORDED
    # A browser may not reach MLflow at the address that the service uses.
    return f"[Run {run[:8]}]({addresses().mlflow_url}/#/runs/{run})"


def _of_lineage(words: Callable[[Lineage], str | None]) -> Fact:
    return lambda report: words(report.lineage) if report.lineage is not None else None


LINEAGE: dict[str, Fact] = {
    "Base table": _table,
    "Check the table": _doubts,
    "Labelled predictions": _of_lineage(lambda found: predictions_words(found.predictions)),
    "Training rows": _of_lineage(
        lambda found: (
            f":gray[SHA-256 {found.training_sha256[:SHOWN_DIGITS]}]"
            if found.training_sha256
            else NOT_RECORDED
        )
    ),
    "Asked for by": _of_lineage(lambda found: asked_words(found.retraining)),
    "Candidates": _of_lineage(lambda found: escaped(", ".join(found.candidates)) or NOT_RECORDED),
    "Otherwise than usual": _of_lineage(
        lambda found: escaped(plan_words(found.plan)) if found.plan is not None else None
    ),
    "Served then": _of_lineage(
        lambda found: f"`{found.parent}`" if found.parent else ":gray[none, or not recorded]"
    ),
    "Model of": _of_lineage(lambda found: f"`{found.model_version}`"),
    "Intervals": _intervals,
    "Code": _of_lineage(code_words),
    "Libraries": _of_lineage(libraries_words),
    "MLflow": _of_lineage(lambda found: mlflow_words(found.mlflow_run_id)),
}
"""Of each version, what is known of its origin."""
