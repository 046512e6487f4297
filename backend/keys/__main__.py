"""``python -m backend.keys``: make, list, rotate and revoke named keys, while the service runs or not."""

import storage.ctrl_c

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import get_args

from backend.keys.acts import Asked, KeyActs
from storage.errors import HousingError, InvalidInput
from storage.keys.lifetime import lifetime
from storage.keys.named_key import LONGEST_NAME, NAME_FORM, RoleName
from storage.keys.store import KeyStore, NewKey
from storage.keys.uses import KeyUses
from storage.schema.records import LONGEST_REASON, utc_now
from storage.schema.text import is_storable
from storage.settings import Settings, settings_or_exit
from storage.version import VERSION

COMMANDS = ("create", "list", "rotate", "revoke")
OVERLAP = "1d"
LONGEST_PERSON = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 if done, 1 if refused, 2 if wrongly typed."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command != "list" and options.name is None:
        parser.error(f"{options.command} needs --name")
    if options.command == "create" and options.role is None:
        parser.error("create needs --role")
    settings = settings_or_exit()
    try:
        _run(settings, options)
    except HousingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend.keys",
        description="Make, list, rotate and revoke named keys of this system. A secret is printed once, "
        "alone on standard output; a running service knows of every change at its next request.",
    )
    parser.add_argument("command", choices=COMMANDS, help="what to do")
    parser.add_argument("--name", type=_name, help="name of the key, such as cron")
    parser.add_argument(
        "--role", choices=get_args(RoleName), help="what it may do; each includes those before it"
    )
    parser.add_argument(
        "--expires",
        type=_lasting,
        metavar="TIME",
        help="how long it is accepted, such as 90d or 12h; without it, a new key has no end, and a rotated "
        "one lasts as long as the old one was made for",
    )
    parser.add_argument(
        "--overlap",
        type=_overlap,
        default=OVERLAP,
        metavar="TIME",
        help=f"how long the old secret is accepted after a rotation; 0 for not at all (default: {OVERLAP})",
    )
    parser.add_argument(
        "--person",
        type=_text(LONGEST_PERSON),
        help="who does this, for the audit log (default: the login name)",
    )
    parser.add_argument("--reason", type=_text(LONGEST_REASON), help="why, for the audit log")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


def _run(settings: Settings, options: argparse.Namespace) -> None:
    acts = KeyActs(settings)
    asked = Asked(options.person or _login_name(), options.reason)
    if options.command == "create":
        _show(acts.create(options.name, options.role, options.expires, asked))
    elif options.command == "rotate":
        _show(acts.rotate(options.name, options.overlap, options.expires, asked))
    elif options.command == "revoke":
        for key in acts.revoke(options.name, asked):
            print(f"Revoked {key.name} ({key.key_id}); it is refused from its next request on.")
    else:
        _list(settings, utc_now())


def _show(made: NewKey) -> None:
    key = made.key
    end = "without an end" if key.expires_at is None else f"until {_minute(key.expires_at)}"
    print(
        f"Key {key.name}, {key.role}, {end}. Its secret is shown this once and kept nowhere:",
        file=sys.stderr,
        flush=True,
    )
    print(made.secret)


def _list(settings: Settings, now: datetime) -> None:
    uses = KeyUses(settings.paths)
    rows = [("NAME", "ROLE", "STATE", "ID", "CREATED", "EXPIRES", "LAST USE")]
    rows += [
        (
            key.name,
            key.role,
            key.state(now),
            key.key_id,
            _minute(key.created_at),
            _minute(key.expires_at),
            _minute(uses.last(key.key_id)),
        )
        for key in KeyStore(settings.paths).all()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _minute(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME or not re.fullmatch(NAME_FORM, text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no name: use up to {LONGEST_NAME} lower-case letters, digits, dots, dashes and "
            "underscores, beginning with a letter or a digit"
        )
    return text


def _lasting(text: str) -> timedelta:
    try:
        return lifetime(text)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _overlap(text: str) -> timedelta:
    return timedelta() if text == "0" else _lasting(text)


def _text(longest: int) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not text.strip() or len(text) > longest or not is_storable(text):
            raise argparse.ArgumentTypeError(
                f"write 1 to {longest} characters without control characters"
            )
        return text

    return checked


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return f"user {os.getuid()}"


if __name__ == "__main__":
    sys.exit(main())
