"""The keys of one system: generated once, stored in its runtime folder, readable by the owner only."""

import os
import secrets

from storage.paths import RuntimePaths
from storage.settings import Settings

KEY_VARIABLES = ("HOUSING_VIEWER_KEY", "HOUSING_OPERATOR_KEY", "HOUSING_ADMIN_KEY")


def load_or_create_keys(paths: RuntimePaths) -> dict[str, str]:
    """Return this system's keys, generating them the first time; environment variables take precedence."""
    if not paths.keys.exists():
        paths.root.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{name}={secrets.token_urlsafe(32)}\n" for name in KEY_VARIABLES)
        descriptor = os.open(paths.keys, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(lines)
    pairs = (line.partition("=") for line in paths.keys.read_text().splitlines() if line)
    created = {name: value for name, _, value in pairs}
    return {name: os.environ.get(name) or created[name] for name in KEY_VARIABLES}


def operator_key(settings: Settings) -> str | None:
    """Return the key that a command sends to the service: from the settings, or the running system's.

    Nothing is created: without either, the result is None, and requests that need a key are refused.
    """
    if settings.access.operator_key is not None:
        return settings.access.operator_key.get_secret_value()
    if not settings.paths.keys.exists():
        return None
    return load_or_create_keys(settings.paths)["HOUSING_OPERATOR_KEY"]
