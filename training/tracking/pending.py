"""Versions still to be registered in MLflow: a file each, from before publishing until registered.

If a worker dies or MLflow is unavailable in between, the file records what is still to do.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from storage.paths import RuntimePaths
from storage.process.atomic_files import write_atomically
from storage.process.lock import exclusive
from training.fitting.search import Trial
from training.tracking.context import TrainingContext
from training.tracking.runs import RecordedRun

logger = logging.getLogger(__name__)

SUFFIX = ".json"
NEVER_PUBLISHED = timedelta(hours=1)
"""A file this old without a version belongs to a training that ended before publishing."""


@dataclass(frozen=True)
class OpenRegistration:
    """What registering a version needs besides its folder.

    ``run`` is the winner's run, once recorded; ``tags`` are what was decided meanwhile.
    """

    context: TrainingContext
    trials: tuple[Trial, ...]
    run: RecordedRun | None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Id of the version."""
        return self.context.version


FORMAT: TypeAdapter[OpenRegistration] = TypeAdapter(OpenRegistration)


class OpenRegistrations:
    """The pending registrations of one runtime folder; any number of processes may share it."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._folder = paths.open_registrations

    def keep(self, registration: OpenRegistration) -> None:
        """Store one, atomically and durably."""
        write_atomically(self._path(registration.version), FORMAT.dump_json(registration))

    def tag(self, version: str, tags: Mapping[str, str]) -> bool:
        """Let one take tags along when it is registered; return whether it is open."""
        registration = self._read(self._path(version))
        if registration is not None:
            self.keep(replace(registration, tags=tags))
        return registration is not None

    def close(self, version: str) -> None:
        """Remove one that is registered."""
        self._path(version).unlink(missing_ok=True)

    def is_open(self, version: str) -> bool:
        """Whether the version may not be registered yet."""
        return self._path(version).exists()

    def all(self) -> list[OpenRegistration]:
        """Return them, oldest first; unreadable files are set aside."""
        found = [self._read(path) for path in sorted(self._folder.glob(f"*{SUFFIX}"))]
        return [registration for registration in found if registration is not None]

    def was_never_published(self, version: str, now: datetime) -> bool:
        """Whether a missing version will no longer be published."""
        try:
            written = self._path(version).stat().st_mtime
        except FileNotFoundError:
            return False
        return now.timestamp() - written > NEVER_PUBLISHED.total_seconds()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process registers a version, then make others wait."""
        with exclusive(self._folder / "registering.lock"):
            yield

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}{SUFFIX}"

    def _read(self, path: Path) -> OpenRegistration | None:
        try:
            return FORMAT.validate_json(path.read_bytes())
        except FileNotFoundError:
            return None  # another process closed it meanwhile
        except ValidationError as error:
            logger.error("%s cannot be read and was set aside: %s", path.name, error)
            path.rename(path.with_suffix(".unreadable"))
            return None
