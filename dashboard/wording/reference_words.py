"""What was compared with what, in words."""

from collections.abc import Mapping

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.drift.reference import ReferenceKind
from dashboard.wording.moment import period
from dashboard.wording.segment_words import where_words

TITLES: Mapping[ReferenceKind, str] = {
    "training": "training",
    "period": "an earlier period",
    "others": "all other predictions",
}


def compared_title(found: DriftWindowResponse) -> str:
    """Name what was compared in a title, after the verdict."""
    of_segment = " of the segment" if found.where is not None else ""
    return f"{of_segment} compared with {TITLES[found.reference.kind]}"


def reference_words(found: DriftWindowResponse, mark: str = "") -> str:
    """Say what the reference is, to follow "compared with"; ``mark`` stands around the version."""
    reference = found.reference
    if reference.n_samples is None:
        return f"the training data of {mark}{found.model_version}{mark}"
    rows = f"{reference.n_samples:,}"
    if reference.kind == "training":
        return f"its {rows} rows in the training data of {mark}{found.model_version}{mark}"
    newest = "newest " if reference.truncated else ""
    if reference.since is None or reference.until is None or reference.kind == "others":
        return f"the {newest}{rows} other predictions of the period"
    its = "its" if found.where is not None else "the"
    return f"{its} {newest}{rows} predictions of {period(reference.since, reference.until)}"


def segment_words(found: DriftWindowResponse) -> str:
    """Say which rows were compared, and among how many they were looked for; empty of all rows."""
    if found.where is None:
        return ""
    return f"in the segment {where_words(found.where)}, of {found.searched:,} looked at"
