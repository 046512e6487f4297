"""Draft the definition of a table from its rows (``python -m training.describe FILE --target NAME -o OUT``).

FILE is a CSV file as people have it, a Parquet file or a folder of Parquet parts. The folder OUT gets
``table.toml``, a draft to look over, and ``rows.parquet`` with the usable rows. What was found is printed.
Then ``HOUSING_TABLE=OUT make up`` trains on them, serves and shows the model.
"""

import storage.ctrl_c

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from storage.domain.definition_file import EMBEDDED
from storage.errors import InvalidInput
from storage.version import VERSION
from training.describe.options import Options

EXIT_FAILED = 1
EXIT_WRONG_INPUT = 2
MARKS = {"point": ".", "comma": ","}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0, 1 (could not be written), 2 (wrong input)."""
    parsed = _parser().parse_args(arguments)
    # The readers of tables read the one in use when they are imported: it may be the one to be written.
    os.environ["HOUSING_TABLE"] = str(EMBEDDED)
    try:
        print(_described(_options(parsed), parsed.output, replaces=parsed.replace))
    except InvalidInput as error:
        print(error, file=sys.stderr)
        return EXIT_WRONG_INPUT
    except OSError as error:
        print(f"{parsed.output} cannot be written: {error.strerror or error}.", file=sys.stderr)
        return EXIT_FAILED
    return 0


def _described(options: Options, folder: Path, *, replaces: bool) -> str:
    # Imported here: what it needs takes a second, and help and refusals should not wait for it.
    from training.describe.facts import Facts
    from training.describe.folder import refuse_folder, write_folder
    from training.describe.next_command import next_command
    from training.describe.reading import read_file
    from training.describe.report import report
    from training.describe.roles import roles_of

    refuse_folder(folder, options.file, replaces=replaces)
    seen = read_file(options)
    facts = Facts(options, seen, roles_of(seen, options))
    table = write_folder(facts, folder)
    return report(facts, folder, next_command(folder, table))


def _options(parsed: argparse.Namespace) -> Options:
    subject = parsed.subject or ["row"]
    if len(subject) > 2:
        raise InvalidInput(
            "--subject takes what one row is called, and several: --subject car cars."
        )
    several = subject[1] if len(subject) == 2 else f"{subject[0]}s"
    options = Options(
        file=parsed.file,
        target=parsed.target,
        title=parsed.title,
        subject=(subject[0], several),
        unit=parsed.unit,
        categories=tuple(parsed.categories),
        ignored=tuple(parsed.ignore),
        kept=tuple(parsed.keep),
        time=parsed.time,
        identifier=parsed.id,
        decimal=MARKS.get(parsed.decimal),
    )
    if both := sorted(set(options.ignored) & set(options.named())):
        raise InvalidInput(f"--ignore names {', '.join(both)}, which another option names too.")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.describe",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the table: CSV, Excel (.xlsx) or Parquet"
    )
    parser.add_argument("--target", metavar="NAME", required=True, help="what is to be predicted")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        required=True,
        help="where to write the table",
    )
    parser.add_argument("--title", help="of the console (default: from the file's name)")
    parser.add_argument(
        "--subject", nargs="+", metavar="WORD", help="what one row is called, and several: car cars"
    )
    parser.add_argument("--unit", help="of the target, such as EUR (default: from its name)")
    for name, what in (
        ("categories", "columns of whole numbers that are codes, or words that are many"),
        ("ignore", "columns that are no input"),
        ("keep", "columns that stay inputs although they look as if they should not"),
    ):
        parser.add_argument(f"--{name}", nargs="+", metavar="NAME", default=[], help=what)
    parser.add_argument("--time", metavar="NAME", help="says when a row was recorded")
    parser.add_argument("--id", metavar="NAME", help="your own id of a row")
    parser.add_argument(
        "--decimal", choices=tuple(MARKS), help="decimal mark, where 1.322 could be 1322 too"
    )
    parser.add_argument(
        "--replace", action="store_true", help="replace the table that is in OUT already"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
