"""Builds MLflow's store and kills the builder at several moments; a fork each, as imports take seconds.

Run with the runtime folder as argument; prints what was found at the end, as JSON.
"""

import json
import os
import signal
import sys
import time
import warnings
from pathlib import Path

from storage.settings import Settings
from training.tracking.store import create_store
from training.tracking.store_file import DRAFT

SIZES = (1, 400_000)
"""Bytes of the draft at which its builder is killed; a whole store has some 900,000."""
SECONDS = 60.0


def _main(runtime: Path) -> None:
    settings = Settings(runtime_directory=runtime)
    folder = settings.paths.mlflow_store.parent
    for size in SIZES:
        builder = _fork(settings)
        _wait_for_draft(folder, size)
        os.kill(builder, signal.SIGKILL)
        os.waitpid(builder, 0)
        assert not settings.paths.mlflow_store.exists()
    together = [_fork(settings) for _ in range(2)]
    codes = [os.waitpid(builder, 0)[1] for builder in together]
    print(json.dumps({"codes": codes, "left": sorted(path.name for path in folder.iterdir())}))  # noqa: T201


def _fork(settings: Settings) -> int:
    builder = os.fork()
    if builder == 0:
        code = 1
        try:
            create_store(settings)
            code = 0
        finally:
            os._exit(code)
    return builder


def _wait_for_draft(folder: Path, size: int) -> None:
    known = {path.name for path in folder.glob(f"{DRAFT}*.db")} if folder.exists() else set()
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for path in folder.glob(f"{DRAFT}*.db") if folder.exists() else ():
            if path.name not in known and path.stat().st_size >= size:
                return
        time.sleep(0.001)
    raise AssertionError(f"No draft reached {size} bytes.")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    _main(Path(sys.argv[1]))
