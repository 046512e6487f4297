"""Bring rejected records back: ``python -m storage.spool reingest`` exits with 0 if none is refused."""

import storage.ctrl_c

import argparse
import sys
from collections.abc import Sequence

from storage.settings import settings_or_exit
from storage.spool.reingest import Reingested, reingest
from storage.version import VERSION

WAIT_SECONDS = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 if every record came in, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m storage.spool",
        description="Bring back records that the log-writer could not store and set aside.",
    )
    parser.add_argument(
        "command", choices=("reingest",), help="send rejected records through the spool once more"
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=WAIT_SECONDS,
        metavar="SECONDS",
        help=f"how long to wait for the log-writer (default: {WAIT_SECONDS:g})",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    options = parser.parse_args(arguments)
    try:
        result = reingest(settings_or_exit().paths, options.wait)
    except OSError as error:
        print(
            f"The rejected records cannot be moved ({error}); free some disk space or fix the permissions, "
            "then run this again. Nothing is lost.",
            file=sys.stderr,
        )
        return 1
    print(_verdict(result))
    return 1 if result.refused or result.waiting else 0


def _verdict(result: Reingested) -> str:
    refused = result.refused.total()
    lines = [f"{result.came_in:,} records came in, {refused:,} are still refused."]
    lines += [f"{number:,} refused: {reason}" for reason, number in result.refused.most_common()]
    if result.waiting:
        lines.append(f"{result.waiting:,} wait in the spool: check that the log-writer runs.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
