"""Train the candidates; the best becomes the champion if it passes its checks (``python -m training``)."""

import storage.ctrl_c

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.domain.target import TARGET_UNIT
from storage.domain.written import figure
from storage.errors import (
    HousingError,
    InvalidInput,
    ModelIntegrityError,
)
from storage.models.store import ModelStore
from storage.schema.gate_check import GateCheck
from storage.schema.manifest import ChampionPointer
from storage.schema.records import LONGEST_REASON, utc_now
from storage.settings import Settings, settings_or_exit
from storage.version import VERSION
from training.dataset.table import HousingTable
from training.fitting.fit import MeasuredCandidate
from training.fitting.outcome import TrainingOutcome

EXIT_FAILED = 1
EXIT_WRONG_INPUT = 2
COMPILING = "Machine code is compiled for this machine, once, which takes up to two minutes."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0, 1 (failed), 2 (wrong input)."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = settings_or_exit()
    if options.candidates is not None:
        training = settings.training.model_copy(update={"candidates": options.candidates})
        settings = settings.model_copy(update={"training": training})
    try:
        if options.if_missing and _champion_is_usable(settings):
            return 0
        return _train(settings, options)
    except (HousingError, OSError) as error:
        print(_one_sentence(error), file=sys.stderr)
        return EXIT_WRONG_INPUT if isinstance(error, InvalidInput) else EXIT_FAILED


def _one_sentence(error: HousingError | OSError) -> str:
    return f"Training stopped: {error}." if isinstance(error, OSError) else str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument(
        "--source",
        choices=("embedded", "sklearn"),
        help="where the table comes from; sklearn downloads it (default: the champion's table, or embedded "
        "if there is no champion)",
    )
    parser.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="a table with the same nine columns in any order: CSV, Parquet or a folder of Parquet parts",
    )
    parser.add_argument(
        "--candidates",
        metavar="NAMES",
        help="which models compete, separated by commas (default: the setting, which is all)",
    )
    parser.add_argument(
        "--if-missing", action="store_true", help="do nothing if there is already a champion"
    )
    parser.add_argument(
        "--despite-checks",
        action="store_true",
        help="make the best one the champion even if it does not pass the gate's checks of the model itself",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


def _champion_is_usable(settings: Settings) -> bool:
    """Whether a champion loads, if need be after going back to an earlier one; says which and why."""
    from training.kernels.machine_code import is_compiled
    from training.promotion.loaded_version import refusal_of

    store = ModelStore(settings.paths)
    way, problem = store.way_back(), _pointer_problem(store)
    if way.champion is None:
        _complain(problem, "Training again.")
        return False
    if not is_compiled():
        print(COMPILING, flush=True)
    if problem is None:
        problem = refusal_of(store, way.champion)
        if problem is None:
            champion = store.manifest(way.champion)
            print(f"Champion {champion.version} ({champion.model_name}) exists; nothing to train.")
            return True
        candidates = way.earlier
    else:
        candidates = (way.champion, *way.earlier)
    for version in candidates:
        if refusal_of(store, version) is None:
            _go_back(settings, version, str(problem))
            return True
    _complain(problem, "Training again.")
    return False


def _pointer_problem(store: ModelStore) -> str | None:
    try:
        pointer = store.champion_pointer()
    except ModelIntegrityError as error:
        return str(error)
    has_served = store.way_back().champion is not None
    return "champion.json is missing." if pointer is None and has_served else None


def _go_back(settings: Settings, version: str, problem: str) -> None:
    store = ModelStore(settings.paths)
    replaced = store.way_back().champion
    store.set_champion(version, "rollback")
    act = AuditAct(
        actor="command line",
        action="rollback",
        subject=version,
        reason=problem[:LONGEST_REASON],
        figures={"previous": replaced},
    )
    AuditTrail(settings.paths).record(act)
    _complain(problem, f"Rolled back to version {version}, which loads.")


def _complain(problem: str | None, consequence: str) -> None:
    if problem is not None:
        print(f"{problem} {consequence}", file=sys.stderr)


def _train(settings: Settings, options: argparse.Namespace) -> int:
    # Imported as late as possible: scikit-learn, then MLflow and matplotlib, take seconds, and a table
    # that cannot be used should be refused before.
    from training.models.candidates import configured_candidates

    candidates = configured_candidates(settings)
    table = _table(settings, options)
    # Made now: that it cannot be made should not be found out after minutes of work.
    settings.paths.versions.mkdir(parents=True, exist_ok=True)

    from rich.console import Console

    from training.fitting.progress import step_display
    from training.promotion.own_checks import failed
    from training.tracking.registry import follow_champion
    from training.tracking.verdict import Verdict, record_verdict
    from training.train import Training
    from training.versions.retention import remove_old_versions

    console = Console()
    with step_display(console) as display:
        trained = Training(settings, table, candidates, display).run()
    broken = failed(trained.manifest.checks)
    is_champion = options.despite_checks or not broken
    why = _listed(broken) or "Every check of the model itself passed."
    verdict = Verdict.of(
        is_champion, (check.name for check in broken), f"By the command line. {why}"
    )
    record_verdict(settings, trained.manifest, verdict)
    if not is_champion:
        console.print(comparison(trained.outcome))
        print(_refusal(settings, trained.manifest.version, broken), file=sys.stderr)
        return EXIT_FAILED
    pointer = ModelStore(settings.paths).set_champion(trained.manifest.version, "command line")
    AuditTrail(settings.paths).record(_promotion(pointer, broken))
    follow_champion(settings, trained.manifest)
    remove_old_versions(settings, utc_now())
    console.print(comparison(trained.outcome))
    if broken:
        print(f"It is the champion although it did not pass: {_listed(broken)}", file=sys.stderr)
    print(f"Champion: {trained.manifest.version} in {settings.paths.models}")
    return 0


def _refusal(settings: Settings, version: str, broken: Sequence[GateCheck]) -> str:
    champion = ModelStore(settings.paths).way_back().champion
    stays = f"The champion stays {champion}." if champion else "There is no champion."
    return (
        f"Version {version} is not the champion, as it did not pass: {_listed(broken)} {stays} To make it "
        "the champion all the same, promote it on the Registry page, or train with --despite-checks."
    )


def _listed(broken: Sequence[GateCheck]) -> str:
    return " ".join(f"{check.name} ({check.sentence})." for check in broken)


def _table(settings: Settings, options: argparse.Namespace) -> HousingTable:
    """Load the table that was asked for, otherwise the champion's."""
    from training.dataset.kept import champion_table, in_words
    from training.dataset.sources import load_table

    asked = options.source is not None or options.csv is not None
    table = None if asked else champion_table(settings.paths)
    if table is None:
        return load_table(options.source or "embedded", options.csv)
    print(f"Table: {in_words(table.learned, table.sha256)}, as the champion's.", flush=True)
    return table


def _promotion(pointer: ChampionPointer, broken: Sequence[GateCheck]) -> AuditAct:
    although = f" It did not pass: {_listed(broken)}" if broken else ""
    return AuditAct(
        actor="command line",
        action="promotion",
        subject=pointer.version,
        reason=f"Trained by `python -m training`.{although}"[:LONGEST_REASON],
        figures={"previous": pointer.previous},
    )


def comparison(outcome: TrainingOutcome) -> Group:
    """Return the candidates, the best on validation first, with units and row counts."""
    # Narrow enough for the 80 columns of a pipe or a small terminal.
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
    errors = (measured.fitted.validation.rmse, measured.test.rmse, measured.test.mae)
    return [
        measured.fitted.label,
        *(figure(error) for error in errors),
        f"{measured.test.r2_score:.4f}",
        f"{measured.fitted.fit_seconds:.1f}",
        "won" if is_winner else "",
    ]


def _caption(outcome: TrainingOutcome) -> str:
    rows = ", ".join(f"{part} {count:,}" for part, count in outcome.row_counts.items())
    told = [f"Lowest validation RMSE wins. Rows: {rows}."]
    if outcome.learned_again:
        told.append(
            "The winner then learned from training and validation rows; its test figures are of that fit."
        )
    return " ".join([*told, *outcome.remarks()])


if __name__ == "__main__":
    sys.exit(main())
