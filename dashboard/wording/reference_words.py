"""What a window was compared with, in words."""

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.drift.reference import DriftReference
from dashboard.wording.moment import period


def reference_title(reference: DriftReference) -> str:
    """Name it in a title.

    >>> reference_title(DriftReference())
    'training'
    """
    return "training" if reference.kind == "training" else "an earlier period"


def reference_words(found: DriftWindowResponse, mark: str = "") -> str:
    """Say what it is, to follow "compared with"; ``mark`` stands around the version."""
    reference = found.reference
    if reference.since is None or reference.until is None or reference.n_samples is None:
        return f"the training data of {mark}{found.model_version}{mark}"
    newest = "newest " if reference.truncated else ""
    return f"the {newest}{reference.n_samples:,} predictions of {period(reference.since, reference.until)}"
