"""Figures of the rows themselves, judged: inputs that do not go together, lost decimals, stuck values."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from backend.contract.drift.analysis import PlausibilityFinding
from backend.drift.spoiled_values import Rise, SpoiledValues
from backend.drift.thresholds import DriftThresholds
from storage.schema.arrays import FloatArray

Kind = Literal["combination", "precision", "stuck"]
MANIFOLD = 2.0
"""A stuck value comes at least so many times as often as before; less is a moved distribution."""


class Judged(NamedTuple):
    """One figure: its kind, its column (None: all together), its rise, its corrected p value."""

    kind: Kind
    column: str | None
    rise: Rise
    adjusted_p_value: float


def spoiled_of(
    names: Sequence[str],
    columns: Sequence[SpoiledValues | None],
    present: Sequence[FloatArray],
    minimum_rows: int,
) -> Iterator[tuple[Kind, str, Rise]]:
    """Return both figures of each number with enough values, of which ``present`` has those not missing."""
    for name, column, values in zip(names, columns, present, strict=False):
        if column is None or len(values) < minimum_rows:
            continue
        coarse, stuck = column.coarse(values), column.stuck(values)
        if coarse is not None:
            yield "precision", name, coarse
        if stuck is not None:
            yield "stuck", name, stuck


def finding_of(judged: Judged, thresholds: DriftThresholds) -> PlausibilityFinding:
    """Return a figure with its verdict."""
    return PlausibilityFinding(
        kind=judged.kind,
        column=judged.column,
        value=None if judged.kind == "combination" else judged.rise.value,
        share=judged.rise.share,
        reference_share=judged.rise.reference_share,
        p_value=judged.rise.p_value,
        adjusted_p_value=judged.adjusted_p_value,
        drifted=_is_drift(judged, thresholds),
    )


def _is_drift(judged: Judged, thresholds: DriftThresholds) -> bool:
    found = judged.rise
    rose = found.share - found.reference_share
    if judged.kind == "combination":
        significant = judged.adjusted_p_value < thresholds.significance_level
        return significant and found.share >= thresholds.minimum_mixed_share
    significant = judged.adjusted_p_value < thresholds.quality_significance_level
    if judged.kind == "precision":
        return significant and rose >= thresholds.minimum_coarse_rise
    is_manifold = found.share >= MANIFOLD * found.reference_share
    return significant and is_manifold and rose >= thresholds.minimum_stuck_rise
