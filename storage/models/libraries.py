"""The libraries that a version was trained with, and how those that serve it differ."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from storage.domain.subject import MODEL_NAME
from storage.schema.manifest import ModelManifest
from storage.version import VERSION

LIBRARIES = ("numpy", "scikit-learn", "numba", "pandas", "joblib")
"""Those whose objects or machine code a version consists of, or that made its rows."""


@cache
def libraries() -> dict[str, str]:
    """Return the versions of Python, the installed libraries and this product, by name."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {MODEL_NAME: VERSION}


def difference(trained_with: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    """Return how the libraries differ, without a full stop; None if they do not, or if it is not known.

    Examples
    --------
    >>> difference({"numpy": "2.3.0", "numba": "0.62.0"}, {"numpy": "2.4.1", "numba": "0.62.0"})
    'was trained with numpy 2.3.0 and is used with 2.4.1'
    >>> difference({}, {"numpy": "2.4.1"}) is None
    True
    """
    changed = {
        name: (then, now[name])
        for name, then in trained_with.items()
        if name in now and now[name] != then
    }
    if not changed:
        return None
    before = ", ".join(f"{name} {then}" for name, (then, _) in changed.items())
    after = ", ".join(today for _, today in changed.values())
    return f"was trained with {before} and is used with {after}"


def libraries_note(manifest: ModelManifest) -> str | None:
    """Return a sentence if other libraries serve a version than trained it; None if not, or if not known."""
    found = difference(manifest.libraries, libraries())
    if found is None:
        return None
    return f"Version {manifest.version} {found}. If its answers look wrong, train again."
