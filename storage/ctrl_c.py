"""Imported before all else by each command: Ctrl-C ends it with one sentence, even while it still imports."""

import sys
from types import TracebackType

INTERRUPTED = 130
"""The exit code of a command that was ended by Ctrl-C, as shells have it."""


def end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show what ended a command; Ctrl-C is no defect, and needs one sentence."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    sys.stderr.write("Interrupted before the end; run the command again to finish.\n")
    sys.exit(INTERRUPTED)


sys.excepthook = end
