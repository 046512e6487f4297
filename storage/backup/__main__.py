"""Back the running system up: ``python -m storage.backup TARGET`` exits with 0 once it is verified."""

import storage.ctrl_c

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from storage.backup.backup import Backup
from storage.backup.display import display
from storage.backup.manifest import BackupManifest
from storage.backup.place import BackupPlace
from storage.errors import HousingError
from storage.settings import settings_or_exit
from storage.version import VERSION

NICENESS = 10
"""The service goes first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 if the backup is complete, 1 if there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m storage.backup",
        description="Copy everything that the system has recorded and trained into a folder, while it runs.",
    )
    parser.add_argument("target", type=Path, metavar="TARGET", help="the folder to be made")
    parser.add_argument(
        "--with-keys", action="store_true", help="copy keys.env too: the folder is then a secret"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="if TARGET is a backup, replace it by this one",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    options = parser.parse_args(arguments)
    settings = settings_or_exit()
    os.nice(NICENESS)
    try:
        place = BackupPlace(options.target, settings.paths.root, replace=options.replace)
        with display() as shown:
            made = Backup(settings, place, with_keys=options.with_keys, shown=shown).run()
    except HousingError as error:
        print(error, file=sys.stderr)
        return 1
    print(_verdict(made, options.target))
    return 0


def _verdict(made: BackupManifest, target: Path) -> str:
    said = (
        f"{target} has everything up to {made.created_at:%Y-%m-%d %H:%M:%S} UTC, verified: "
        f"{sum(made.rows.values()):,} rows, {made.waiting_records:,} records from the spool, "
        f"{len(made.files):,} files ({made.total_bytes / 1e6:,.1f} MB), "
        f"{made.audit.sequence:,} audit entries, champion {made.champion or 'none'}, "
        f"{'with' if made.has_keys else 'without'} the keys."
    )
    if made.audit_problem is not None:
        said += f"\nThe audit log is copied as it is, but not intact: {made.audit_problem}"
    return said


if __name__ == "__main__":
    sys.exit(main())
