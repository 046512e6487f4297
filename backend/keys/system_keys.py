"""The keys of one system: generated once, stored in its runtime folder, readable by the owner only."""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from storage.env_file import ENCODING, assignments
from storage.errors import InvalidInput
from storage.process.atomic_files import atomic_replacement
from storage.settings import Settings

OWNER_ONLY = 0o600
KEY_VARIABLES = ("HOUSING_VIEWER_KEY", "HOUSING_OPERATOR_KEY", "HOUSING_ADMIN_KEY")


def load_or_create_keys(settings: Settings) -> dict[str, str]:
    """Return this system's keys, generating those that the file lacks; settings take precedence.

    Only for the one ``make up`` of a runtime folder: nothing keeps two processes from writing at once.

    Raises
    ------
    InvalidInput
        If the file is in doubt: nothing is changed, and the message says what to do.
    """
    file = settings.paths.keys
    stored = _stored(file)
    missing = [name for name in KEY_VARIABLES if name not in stored]
    if missing:
        created = {name: secrets.token_urlsafe(32) for name in missing}
        _add(file, created)
        stored |= created
    return stored | _configured(settings)


def operator_key(settings: Settings) -> str | None:
    """Return the key that a command sends to the service: from the settings, or the running system's.

    Nothing is created: without either, the result is None, and requests that need a key are refused.

    Raises
    ------
    InvalidInput
        As in ``load_or_create_keys``.
    """
    name = "HOUSING_OPERATOR_KEY"
    return _configured(settings).get(name) or _stored(settings.paths.keys).get(name)


def operator_key_or_exit(settings: Settings) -> str | None:
    """Return ``operator_key``; end the process with one sentence if the file is in doubt."""
    try:
        return operator_key(settings)
    except InvalidInput as error:
        raise SystemExit(str(error)) from error


def _configured(settings: Settings) -> dict[str, str]:
    access = settings.access
    keys = zip(
        KEY_VARIABLES, (access.viewer_key, access.operator_key, access.admin_key), strict=True
    )
    return {name: key.get_secret_value() for name, key in keys if key is not None}


def _stored(file: Path) -> dict[str, str]:
    """Return the file's keys. What is doubtful is refused, never replaced: a person may have put it there."""
    if not file.exists():
        return {}
    stored: dict[str, str] = {}
    for each in assignments(file):
        if each.name not in KEY_VARIABLES:
            raise _doubtful(file, each.line, f"{each.name} is not the name of a key")
        if not each.value:
            raise _doubtful(file, each.line, f"{each.name} has no value")
        if stored.setdefault(each.name, each.value) != each.value:
            raise _doubtful(file, each.line, f"{each.name} has another value further up")
    if len(stored) < len(KEY_VARIABLES):
        _refuse_cut_off(file)
    return stored


def _refuse_cut_off(file: Path) -> None:
    """Refuse a file of which the end is missing, because its last key may be part of one."""
    content = file.read_bytes()
    if content.strip() and not content.endswith(b"\n"):
        raise _doubtful(
            file, len(content.splitlines()), "it ends within a line and lacks keys, as if cut off"
        )


def _doubtful(file: Path, line: int, reason: str) -> InvalidInput:
    return InvalidInput(
        f"Line {line} of {file} is in doubt: {reason}; correct it, or remove the file to have new keys made."
    )


def _add(file: Path, created: Mapping[str, str]) -> None:
    """Add keys to the file, atomically; said if the file was there, because clients have other keys then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = file.read_text(encoding=ENCODING) if file.exists() else None
    before = f"{content.rstrip()}\n" if content and content.strip() else ""
    lines = "".join(f"{name}={key}\n" for name, key in created.items())
    with atomic_replacement(file, mode=OWNER_ONLY) as temporary:
        temporary.write_text(before + lines, encoding="utf-8")
    if content is not None:
        # For whoever started the command: logging is not set up yet.
        print(f"{file} lacked {' and '.join(created)}; created anew.", file=sys.stderr, flush=True)  # noqa: T201
