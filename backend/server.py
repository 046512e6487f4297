"""``python -m backend.server``: Granian with everything imported that its workers need, before it forks them.

Importing takes a worker four times as long as loading the model. Done once and then inherited, a first start
and the return of a worker that died take a moment, and the workers share that memory.
"""

import gc

from granian.cli import entrypoint

import backend.app  # noqa: F401 # for the workers


def main() -> None:
    """Serve as the command line says; see Granian's own."""
    # What is frozen the collector never touches, so that its pages stay shared.
    gc.collect()
    gc.freeze()
    entrypoint()  # type: ignore[no-untyped-call] # Granian leaves it untyped


if __name__ == "__main__":
    main()
