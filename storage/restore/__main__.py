"""Restore a backup: ``python -m storage.restore SOURCE`` exits with 0 once it is in place and verified."""

import storage.ctrl_c

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from storage.backup.display import display
from storage.backup.manifest import BackupManifest
from storage.errors import HousingError
from storage.restore.restore import Restore
from storage.settings import settings_or_exit
from storage.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 if the backup is in place, 1 if nothing changed."""
    parser = argparse.ArgumentParser(
        prog="python -m storage.restore",
        description="Put a backup in the place of the runtime folder, while the system is stopped.",
    )
    parser.add_argument(
        "source", type=Path, metavar="SOURCE", help="a folder made by python -m storage.backup"
    )
    parser.add_argument(
        "--replace", action="store_true", help="move the runtime folder aside if it is not empty"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    options = parser.parse_args(arguments)
    settings = settings_or_exit()
    try:
        with display() as shown:
            restore = Restore(settings, options.source, replace=options.replace, shown=shown)
            restored = restore.run()
    except HousingError as error:
        print(error, file=sys.stderr)
        return 1
    print(_verdict(restored, settings.paths.root, restore.moved_aside))
    return 0


def _verdict(restored: BackupManifest, root: Path, aside: Path | None) -> str:
    moment = f"{restored.created_at:%Y-%m-%d %H:%M:%S} UTC"
    newest = restored.newest_record_at
    lines = [
        f"{root} is as it was on {restored.host} at {moment}, verified: "
        f"{sum(restored.rows.values()):,} rows, {restored.waiting_records:,} records in the spool, "
        f"{restored.audit.sequence:,} audit entries, champion {restored.champion or 'none'}.",
        f"Not in it: what was answered, trained or changed after {moment}"
        + (f" (the newest record is of {newest:%Y-%m-%d %H:%M:%S} UTC)." if newest else "."),
    ]
    if not restored.has_keys:
        lines.append("The keys were not in the backup: make up creates new ones.")
    if restored.audit_problem is not None:
        lines.append(f"The audit log was not intact already: {restored.audit_problem}")
    if aside is not None:
        lines.append(f"What was there before is now {aside}.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
