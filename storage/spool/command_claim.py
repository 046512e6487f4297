"""Which command the log-writer carries out now: who waits for its result must not say that nothing changed.

The name is in a file beside the segments from before the command's expiry is looked at until its result can
be read or is given up. So a command that nobody claims by its expiry will never be carried out.
"""

from contextlib import suppress
from pathlib import Path

from storage.process.atomic_files import write_atomically

CLAIM_FILE = "command.claim"


class CommandClaim:
    """The claim in one spool folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CLAIM_FILE

    def take(self, command_id: str) -> None:
        """Claim a command.

        Raises
        ------
        OSError
            If the file cannot be written; the command must not be carried out.
        """
        write_atomically(self._path, command_id.encode(), durable=False)

    def release(self) -> None:
        """Give up what was claimed, if anything was."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def names(self, command_id: str) -> bool:
        """Whether this command is being carried out."""
        try:
            return self._path.read_bytes() == command_id.encode()
        except OSError:
            return False
