"""Score a file of rows with the champion (``python -m backend.score FILE -o OUT``).

FILE is a CSV file, an Excel workbook (.xlsx), a Parquet file or a folder of Parquet parts, with the inputs as
columns in any order. A column with another name is said with --column; of a workbook, the first sheet is
read, or the one said with --sheet. A column of your own ids (the definition's identifier, or one called
reference) is carried through as reference, and further columns as they are. OUT (.csv or .parquet) gets every
row that can be scored: row number, inputs, prediction with its 90 % interval (in the target's unit and as the
console writes it), support, warnings about unusual inputs and model version. OUT.problems.csv lists the
problems of all other rows, by row and column. Row numbers are those of an editor or spreadsheet: the header
is usually row 1.
"""

import storage.ctrl_c
from storage.ctrl_c import INTERRUPTED

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from backend.score.batch import BatchScoring, ScoringProgress
from backend.serving.served_model import ServedModel
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import HousingError, InvalidInput, MissingColumn
from storage.models.store import ModelStore
from storage.settings import settings_or_exit
from storage.tables.guess import proposal
from storage.tables.problem import counted
from storage.version import VERSION

EXIT_FAILED = 1
EXIT_WRONG_INPUT = 2
SECONDS_BETWEEN_LINES = 10.0

Tell = Callable[[ScoringProgress], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 1 (failed), 2 (wrong file) or 130 (interrupted)."""
    options = _parser().parse_args(arguments)
    complaints = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
    try:
        _score(options)
    except MissingColumn as error:
        named = dict(options.column)
        missing = [name for name in error.missing if name in FEATURE_NAMES]
        complaints.print(
            " ".join(filter(None, [str(error), proposal(named, missing, error.found)]))
        )
        return EXIT_WRONG_INPUT
    except InvalidInput as error:
        complaints.print(str(error))
        return EXIT_WRONG_INPUT
    except (HousingError, OSError) as error:
        complaints.print(f"Nothing was written: {error}")
        return EXIT_FAILED
    except KeyboardInterrupt:
        complaints.print("Interrupted; nothing was written.")
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend.score",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="table to score")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", required=True, help="table to write"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_named,
        metavar="INPUT=COLUMN",
        help="name of the column that holds an input; reference=COLUMN for your own ids; may be repeated",
    )
    parser.add_argument(
        "--sheet",
        metavar="NAME",
        help="sheet of a workbook (default: the first that is not hidden)",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


def _named(text: str) -> tuple[str, str]:
    name, mark, column = text.partition("=")
    if not (name.strip() and mark and column.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not INPUT=COLUMN")
    return name.strip(), column.strip()


def _score(options: argparse.Namespace) -> None:
    names = [name for name, _ in options.column]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InvalidInput(f"--column names {twice[0]} twice.")
    scoring = BatchScoring(options.file, options.output, dict(options.column), options.sheet)
    store = ModelStore(settings_or_exit(writes=False).paths)
    model = ServedModel.load(store, store.champion().version)
    console = Console(soft_wrap=True, markup=False, highlight=False)
    console.print(scoring.understood.sentence())
    with _display(console) as tell:
        done = scoring.run(model, tell)
    console.print(_summary(done, model.manifest.version, scoring))


def _summary(done: ScoringProgress, version: str, scoring: BatchScoring) -> str:
    scored = (
        f"Scored {done.scored:,} of {done.rows:,} rows in {done.seconds:.1f} s "
        f"({done.rows_per_second:,.0f} rows/s) with model version {version}: {scoring.target}"
    )
    left_out = done.rows - done.scored
    if not left_out:
        return f"{scored}\nNo rows were skipped."
    return (
        f"{scored}\nSkipped {counted(left_out, 'row')} with {counted(done.problems, 'problem')}: "
        f"{scoring.problems}"
    )


@contextmanager
def _display(console: Console) -> Iterator[Tell]:
    """Show a progress bar on a terminal, and a line at intervals elsewhere."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        TextColumn("Scoring"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[done]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Scoring", total=1.0, done="")
        yield lambda now: progress.update(task, completed=now.share, done=_words(now))


def _lines(console: Console) -> Tell:
    last_line = 0.0

    def tell(now: ScoringProgress) -> None:
        nonlocal last_line
        if now.seconds - last_line >= SECONDS_BETWEEN_LINES:
            last_line = now.seconds
            console.print(f"{now.share:.0%}, {_words(now)}")

    return tell


def _words(now: ScoringProgress) -> str:
    words = f"{now.rows:,} rows, {now.rows_per_second:,.0f} rows/s"
    left_out = now.rows - now.scored
    return f"{words}, {left_out:,} skipped" if left_out else words


if __name__ == "__main__":
    sys.exit(main())
