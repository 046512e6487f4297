"""``python -m backend.server``: the worker processes, with all imports done before they are forked.

Importing takes four times as long as loading the model. Because workers inherit the imports, they start and
restart quickly and share that memory.
"""

import storage.ctrl_c

import gc
import logging
import resource
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module

from backend.workers.board import Board
from backend.workers.pool import WorkerPool
from storage.process.kinds import API
from storage.process.lock import inherited
from storage.setting_groups.hosts import listen
from storage.settings import settings_or_exit
from storage.spool.log_handler import CONSOLE_FORMAT

logger = logging.getLogger("backend.server")  # __name__ is __main__ when it runs

APPLICATION = "backend.app:create_worker_app"
WORK = "backend.workers.application"
MACHINE_CODE = "training.kernels.machine_code"
STAND_IN = "backend.workers.stand_in"
"""Imported by name, like the application: their imports are most of what takes time."""
WAITING_CONNECTIONS = 1024
OPEN_FILES = 8192


def main() -> None:
    """Serve ``module:function``, the factory that the first argument names, until stopped."""
    settings = settings_or_exit()
    logging.basicConfig(format=CONSOLE_FORMAT, stream=sys.stdout, level=settings.log_level)
    _allow_open_files()
    # Before the imports: whoever comes meanwhile waits for them instead of being refused.
    listener = listen(
        settings.addresses.backend_host,
        settings.addresses.backend_port,
        "HOUSING_BACKEND_PORT",
        WAITING_CONNECTIONS,
    )
    factory = sys.argv[1] if len(sys.argv) > 1 else APPLICATION
    serve = _imported(factory)
    _warn_of_compiling()
    board = Board(settings.backend.workers)
    work = partial(serve, factory, settings, listener, board)
    silence_seconds = settings.backend.silence_seconds
    wait = partial(import_module(STAND_IN).stand_in, settings, listener, board)
    # Taken before this process became this program.
    lock = inherited(settings.paths.api_lock, API)
    goes_on = lock.is_kept if lock is not None else lambda: True
    WorkerPool(work, settings.backend.workers, board, silence_seconds, wait, goes_on).run()


def _imported(factory: str) -> Callable[..., None]:
    """Import all that a worker needs; return what it does."""
    # The collector would look in vain for garbage among what is imported: a quarter of the time.
    gc.disable()
    serve: Callable[..., None] = import_module(WORK).serve
    import_module(factory.partition(":")[0])
    gc.enable()
    gc.collect()
    # The collector never touches frozen objects, so their memory pages stay shared.
    gc.freeze()
    return serve


def _warn_of_compiling() -> None:
    problem = import_module(MACHINE_CODE).why_not_kept()
    if problem is not None:
        logger.warning("%s", problem)


def _allow_open_files() -> None:
    # Each connection is one; by default a process may have 1,024.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


if __name__ == "__main__":
    main()
