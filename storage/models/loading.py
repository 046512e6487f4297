"""What is said of a version that cannot be loaded."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from storage.errors import HousingError, ModelIntegrityError
from storage.version import VERSION

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
        raise ModelIntegrityError(
            f"Version {version} cannot be loaded by release {VERSION}, probably because another release or "
            "other libraries wrote it. Promote a version that loads, or train one with `make train`."
        ) from error
