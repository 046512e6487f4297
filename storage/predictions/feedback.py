"""Attaching actual values to predictions, from a process that does not write to the database."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from storage.database.backlog import read_positions
from storage.database.commands import ANSWER_POLL_SECONDS, ask
from storage.database.connection import Database
from storage.errors import CommandUnanswered
from storage.paths import RuntimePaths
from storage.predictions.labels import recorded_ids
from storage.spool.segments import segments
from storage.spool.spool import Spool


@dataclass(frozen=True)
class Attached:
    """The outcome: how many values were accepted, and the ids of those that were not."""

    accepted: int
    unknown: tuple[str, ...]
    duplicate: tuple[str, ...]
    conflicting: tuple[str, ...]
    corrected: tuple[tuple[str, float, float], ...] = ()
    """Id, earlier and new value of each value that was replaced."""
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each reference of several predictions with different inputs, and their ids."""


@dataclass(frozen=True)
class Correction:
    """Who replaces values, and why: the key, the name of a person, a reason."""

    actor: str
    person: str
    reason: str


class Feedback:
    """Sends actual values to the log-writer and returns its decisions."""

    def __init__(
        self, spool: Spool, database: Database, paths: RuntimePaths, timeout_seconds: float
    ) -> None:
        self._spool = spool
        self._database = database
        self._paths = paths
        self._timeout_seconds = timeout_seconds

    def attach(
        self,
        labels: Sequence[tuple[str, float]],
        correction: Correction | None = None,
        referred: Sequence[tuple[str, float]] = (),
        command_id: str | None = None,
    ) -> Attached:
        """Attach actual values, given as pairs of prediction id and value in the target's unit.

        ``referred`` are pairs of a caller's reference and a value, see ``storage.predictions.references``.

        With a correction, a value that differs from the stored one replaces it, and the stored one becomes
        history. Without, the stored one is kept.

        What is accepted is in the database when this returns. An id is unknown once everything that was in
        the spool when this was called has been moved and there is still no such prediction: a value may
        arrive right after the answer that it belongs to. Attaching the same value again changes nothing.

        With the ``command_id`` of an earlier call that was decided, the answer is that decision.

        Raises
        ------
        DatabaseUnavailable, CommandUnanswered, SpoolUnavailable
            If nothing was decided; the caller should send all values again later.
        """
        spooled = self._spooled_bytes()
        # Of a reference, a further prediction may still be on its way: whether all are known shows then.
        if referred or self._some_are_missing([prediction_id for prediction_id, _ in labels]):
            self._wait_until_moved(spooled)
        decided = ask(
            self._spool,
            self._database,
            "attach_labels",
            self._timeout_seconds,
            {
                "labels": [list(label) for label in labels],
                "referred": [list(label) for label in referred],
                "correction": asdict(correction) if correction is not None else None,
            },
            command_id=command_id,
        )
        return Attached(
            accepted=decided["accepted"],
            unknown=tuple(decided["unknown"]),
            duplicate=tuple(decided["duplicate"]),
            conflicting=tuple(decided["conflicting"]),
            corrected=tuple(
                (one, before, now) for one, before, now in decided.get("corrected", [])
            ),
            ambiguous=tuple(
                (reference, tuple(found)) for reference, found in decided.get("ambiguous", [])
            ),
        )

    def _some_are_missing(self, ids: Sequence[str]) -> bool:
        with self._database.transaction() as connection:
            return len(recorded_ids(connection, ids)) < len(set(ids))

    def _spooled_bytes(self) -> dict[str, int]:
        """Return the current size of each spool file."""
        reached: dict[str, int] = {}
        for segment in segments(self._paths.spool):
            try:
                reached[segment.name] = segment.path.stat().st_size
            except FileNotFoundError:
                continue  # moved and removed in the meantime
        return reached

    def _wait_until_moved(self, spooled: dict[str, int]) -> None:
        deadline = time.monotonic() + self._timeout_seconds
        while not self._is_moved(spooled):
            if time.monotonic() > deadline:
                raise CommandUnanswered(
                    "The log-writer is too far behind to know these predictions; "
                    "nothing was attached. Send the values again later."
                )
            time.sleep(ANSWER_POLL_SECONDS)

    def _is_moved(self, spooled: dict[str, int]) -> bool:
        with self._database.transaction() as connection:
            positions = read_positions(connection)
        # A file that is gone was moved completely: it is removed after its last commit.
        return all(
            positions.get(name, 0) >= end or not (self._paths.spool / name).exists()
            for name, end in spooled.items()
        )
