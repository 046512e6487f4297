"""What one worker process serves: the application that a factory makes, behind its front."""

import socket
from importlib import import_module
from typing import TYPE_CHECKING

from backend.web.prediction_shortcut import PredictionShortcut
from backend.workers.board import Board
from backend.workers.bodies import Bodies
from backend.workers.front import Front
from backend.workers.worker import WorkerServer
from storage.settings import Settings

if TYPE_CHECKING:
    from flask import Flask


def serve(
    factory: str, settings: Settings, listener: socket.socket, board: Board, number: int
) -> None:
    """Serve the application of ``module:function`` as worker ``number`` until told to stop."""
    module, _, name = factory.partition(":")
    app: Flask = getattr(import_module(module), name)()
    listener.setblocking(False)
    WorkerServer(front_of(app, settings), listener, board, number).run()


def front_of(app: "Flask", settings: Settings) -> Front:
    """Return what stands before an application."""
    shortcut = app.wsgi_app if isinstance(app.wsgi_app, PredictionShortcut) else None
    limit_bytes = settings.backend.request_limit_bytes
    bodies = Bodies(limit_bytes, settings.backend.body_timeout_seconds)
    # What waits for the disk must not do so in the event loop, where all others would wait too.
    waits = settings.spool.sync == "answer"
    at_once = shortcut.answer if shortcut is not None and not waits else None
    return Front(app, at_once, bodies, limit_bytes, settings.backend.threads)
