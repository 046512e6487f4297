"""The table that a person sees when a training is done."""

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from storage.schema.features import TARGET_UNIT
from training.fitting.fit import MeasuredCandidate
from training.fitting.outcome import TrainingOutcome


def comparison(outcome: TrainingOutcome) -> Group:
    """Return the candidates, the best on validation first, with units and row counts."""
    # Narrow enough for the 80 columns that a pipe or a small terminal has.
    table = Table(
        title=f"Models compared (RMSE and MAE in {TARGET_UNIT})",
        box=SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column("Model", no_wrap=True)
    for heading in ("Validation\nRMSE", "Test\nRMSE", "Test\nMAE", "Test\nR2", "Fit\n(s)"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    by_validation = sorted(outcome.candidates, key=lambda measured: measured.fitted.validation.rmse)
    for measured in by_validation:
        table.add_row(*_cells(measured, is_winner=measured is outcome.winner))
    return Group(table, Text(_caption(outcome)))


def _cells(measured: MeasuredCandidate, *, is_winner: bool) -> list[str]:
    figures = (measured.fitted.validation.rmse, measured.test.rmse, measured.test.mae)
    return [
        measured.fitted.label,
        *(f"{figure:.4f}" for figure in figures),
        f"{measured.test.r2_score:.4f}",
        f"{measured.fitted.fit_seconds:.1f}",
        "won" if is_winner else "",
    ]


def _caption(outcome: TrainingOutcome) -> str:
    rows = ", ".join(f"{part} {count:,}" for part, count in outcome.row_counts.items())
    return f"Lowest validation RMSE wins. Rows: {rows}."
