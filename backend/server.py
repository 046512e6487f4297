"""``python -m backend.server``: Granian, with all imports done before it forks its workers.

Importing takes four times as long as loading the model. Because workers inherit the imports, they start and
restart quickly and share that memory.
"""

import gc

from granian.cli import entrypoint

import backend.app  # noqa: F401 # for the workers


def main() -> None:
    """Run Granian's command line."""
    # The collector never touches frozen objects, so their memory pages stay shared.
    gc.collect()
    gc.freeze()
    entrypoint()  # type: ignore[no-untyped-call] # Granian leaves it untyped


if __name__ == "__main__":
    main()
