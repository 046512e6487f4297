"""List the trained versions, and pin those that must stay: ``python -m training.versions``."""

import storage.ctrl_c

import argparse
import sys
from collections.abc import Sequence

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.errors import HousingError, RecordNotFound
from storage.models.store import ModelStore
from storage.settings import settings_or_exit
from storage.version import VERSION

COMMAND_LINE = "command line"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 if it was done, 1 if not."""
    options = _parser().parse_args(arguments)
    paths = settings_or_exit(writes=options.command != "list").paths
    store = ModelStore(paths)
    try:
        if options.command == "list":
            print(_listed(store))
        else:
            _pin(store, options.version_id, stays=options.command == "pin")
            act = AuditAct(actor=COMMAND_LINE, action=options.command, subject=options.version_id)
            AuditTrail(paths).record(act)
            stays = "stays until it is unpinned" if options.command == "pin" else "may be removed"
            print(f"Version {options.version_id} {stays}.")
    except (HousingError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.versions",
        description="List the trained versions, and pin those that must not be removed.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, help="list, pin VERSION or unpin VERSION"
    )
    commands.add_parser("list", help="show the versions, and those that were removed")
    for name, what in (("pin", "keep a version whatever its age"), ("unpin", "take that back")):
        command = commands.add_parser(name, help=what)
        command.add_argument("version_id", metavar="VERSION")
    return parser


def _listed(store: ModelStore) -> str:
    way, pinned = store.way_back(), store.removed.pinned()
    lines = [
        f"{each.version}  {each.model_name}"
        + ("  champion" if each.version == way.champion else "")
        + ("  previous" if each.version == way.next else "")
        + ("  pinned" if each.version in pinned else "")
        for each in store.versions()
    ]
    removed = [
        f"{each.version}  {each.model_name}  removed on {each.removed_at:%Y-%m-%d}"
        for each in store.removed.all()
    ]
    return "\n".join([*lines, *removed]) or "No version has been trained."


def _pin(store: ModelStore, version: str, *, stays: bool) -> None:
    with store.pointer_stays():
        pinned = store.removed.pinned()
        if stays:
            store.manifest(version)
        elif version not in pinned:
            raise RecordNotFound(f"Version {version} is not pinned.")
        store.removed.pin(pinned | {version} if stays else pinned - {version})


if __name__ == "__main__":
    sys.exit(main())
