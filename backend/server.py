"""``python -m backend.server``: the worker processes, with all imports done before they are forked.

Importing takes four times as long as loading the model. Because workers inherit the imports, they start and
restart quickly and share that memory.
"""

import gc
import logging
import resource
import socket
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import backend.app  # noqa: F401 # for the workers
from backend.web.prediction_shortcut import PredictionShortcut
from backend.workers.board import Board
from backend.workers.bodies import Bodies
from backend.workers.front import Front
from backend.workers.pool import WorkerPool
from backend.workers.worker import WorkerServer
from storage.setting_groups.hosts import listen
from storage.settings import Settings, settings_or_exit
from storage.spool.log_handler import CONSOLE_FORMAT

if TYPE_CHECKING:
    from flask import Flask

APPLICATION = "backend.app:create_worker_app"
WAITING_CONNECTIONS = 1024
OPEN_FILES = 8192


def main() -> None:
    """Serve ``module:function``, the factory that the first argument names, until stopped."""
    settings = settings_or_exit()
    logging.basicConfig(format=CONSOLE_FORMAT, stream=sys.stdout, level=settings.log_level)
    _allow_open_files()
    listener = listen(
        settings.addresses.backend_host,
        settings.addresses.backend_port,
        "HOUSING_BACKEND_PORT",
        WAITING_CONNECTIONS,
    )
    board = Board(settings.backend.workers)
    factory = sys.argv[1] if len(sys.argv) > 1 else APPLICATION
    work = partial(_serve, factory, settings, listener, board)
    # The collector never touches frozen objects, so their memory pages stay shared.
    gc.collect()
    gc.freeze()
    silence_seconds = settings.backend.silence_seconds
    WorkerPool(work, settings.backend.workers, board, silence_seconds).run()


def front_of(app: "Flask", settings: Settings) -> Front:
    """Return what stands before an application."""
    shortcut = app.wsgi_app if isinstance(app.wsgi_app, PredictionShortcut) else None
    limit_bytes = settings.backend.request_limit_bytes
    bodies = Bodies(limit_bytes, settings.backend.body_timeout_seconds)
    at_once = shortcut.answer if shortcut is not None else None
    return Front(app, at_once, bodies, limit_bytes, settings.backend.threads)


def _serve(
    factory: str, settings: Settings, listener: socket.socket, board: Board, number: int
) -> None:
    module, _, name = factory.partition(":")
    app: Flask = getattr(import_module(module), name)()
    listener.setblocking(False)
    WorkerServer(front_of(app, settings), listener, board, number).run()


def _allow_open_files() -> None:
    # Each connection is one; by default a process may have 1,024.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


if __name__ == "__main__":
    main()
