"""What was decided about a version, as tags of its runs and of its entry in MLflow's registry."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from storage.schema.manifest import ModelManifest
from storage.settings import Settings
from training.tracking.pending import OpenRegistrations
from training.tracking.registry import ModelRegistry
from training.tracking.store import TrackingUnavailable, answering, connect

logger = logging.getLogger(__name__)

LONGEST_TAG = 1_000


@dataclass(frozen=True)
class Verdict:
    """Whether a version became the champion, the names of the checks that decided it, and why."""

    gate: Literal["promoted", "refused"]
    decided_by: str
    reason: str

    @classmethod
    def of(cls, promoted: bool, decided_by: Iterable[str], reason: str) -> Self:
        """Return the verdict on a version."""
        return cls("promoted" if promoted else "refused", ", ".join(decided_by), reason)

    @property
    def tags(self) -> dict[str, str]:
        """The tags, by name."""
        return {
            "gate": self.gate,
            "gate_decided_by": self.decided_by[:LONGEST_TAG],
            "gate_reason": self.reason[:LONGEST_TAG],
        }


def record_verdict(settings: Settings, manifest: ModelManifest, verdict: Verdict) -> None:
    """Tag the version's runs and its entry in the registry; say so if MLflow is unavailable.

    A version that is still to be registered takes its verdict along (``RegistrationRetry``).
    """
    registrations = OpenRegistrations(settings.paths)
    with registrations.alone():
        if registrations.tag(manifest.version, verdict.tags):
            return
    try:
        tag_version(settings, manifest.version, manifest.mlflow_run_id, verdict.tags)
    except TrackingUnavailable as error:
        logger.warning("%s The verdict on %s is not in it.", error, manifest.version)


def tag_version(settings: Settings, version: str, run_id: str | None, tags: dict[str, str]) -> None:
    """Tag a version's run, the run of its training, and its entry in the registry.

    Raises
    ------
    TrackingUnavailable
        If the store or the server does not answer.
    """
    if run_id is None:
        return
    with answering():
        client = connect(settings)
        parent = client.get_run(run_id).data.tags.get(MLFLOW_PARENT_RUN_ID)
        for run in filter(None, (run_id, parent)):
            for name, value in tags.items():
                client.set_tag(run, name, value)
    ModelRegistry(settings).tag(version, tags)
