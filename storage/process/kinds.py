"""The processes of which only one may use a runtime folder: their names, and the locks that they hold."""

from collections.abc import Mapping
from pathlib import Path

from storage.paths import RuntimePaths

MAKE_UP = "`make up`"
API = "mlops-api"
LOG_WRITER = "log-writer"
WORKER = "worker"
MONITOR = "monitor"


def kinds_by_lock(paths: RuntimePaths) -> Mapping[Path, str]:
    """Return the name of the process that holds each lock while it runs."""
    return {
        paths.launcher_lock: MAKE_UP,
        paths.api_lock: API,
        paths.log_writer_lock: LOG_WRITER,
        paths.worker_lock: WORKER,
        paths.monitor_lock: MONITOR,
    }
