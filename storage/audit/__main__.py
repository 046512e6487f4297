"""Verify the audit log: ``python -m storage.audit verify`` exits with 0 if it is intact, otherwise with 1."""

import storage.ctrl_c

import argparse
import sys
from collections.abc import Sequence

from storage.audit.chain import (
    Verification,
)
from storage.audit.trail import AuditTrail
from storage.errors import AuditUnavailable
from storage.settings import settings_or_exit
from storage.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 if the audit log is intact, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m storage.audit", description="Check that the audit log was not edited."
    )
    parser.add_argument("command", choices=("verify",), help="check the chain of hashes")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    parser.parse_args(arguments)
    try:
        found = AuditTrail(settings_or_exit(writes=False).paths).verify()
    except AuditUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    print(_verdict(found))
    return 0 if found.holds else 1


def _verdict(found: Verification) -> str:
    fitting = f"{found.entries} entries verified; the last has the hash {found.end.hash}."
    if found.problem is not None:
        return f"Audit log not intact. {found.problem}\n{fitting}"
    return "\n".join(filter(None, ("Audit log intact.", found.note, fitting)))


if __name__ == "__main__":
    sys.exit(main())
