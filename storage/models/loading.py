"""What is said of a version that cannot be loaded."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from storage.errors import HousingError, ModelIntegrityError
from storage.models.restored import OURS
from storage.version import VERSION

REMEDY = "Promote a version that loads, or train one with `make train`."

logger = logging.getLogger(__name__)


@contextmanager
def loading(version: str) -> Iterator[None]:
    """Turn what unpickling and a first prediction may raise into an error with the version and a remedy.

    Raises
    ------
    ModelIntegrityError
        For any error but our own, those of the disk, and too little memory.
    """
    try:
        yield
    except (HousingError, OSError, MemoryError):
        raise
    except Exception as error:  # foreign classes can raise anything
        logger.info("Version %s cannot be loaded: %r", version, error)
        raise ModelIntegrityError(f"Version {version} {_reason(error)} {REMEDY}") from error


def _reason(error: Exception) -> str:
    """Say why, as the rest of a sentence: a candidate of somebody's own may need a package."""
    if isinstance(error, ModuleNotFoundError) and error.name and not _is_ours(error.name):
        return (
            f"needs the Python package {error.name.partition('.')[0]}, which is not installed here."
        )
    return (
        f"cannot be loaded by release {VERSION}, probably because another release or other libraries wrote "
        "it."
    )


def _is_ours(module: str) -> bool:
    return f"{module}.".startswith(OURS)
