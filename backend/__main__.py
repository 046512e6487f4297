"""``python -m backend``: serve the API with several worker processes until stopped."""

import os
import shutil
import sys

from backend.metrics.files import MULTIPROCESS_VARIABLE
from storage.process.lock import only_process_or_exit
from storage.setting_groups.hosts import refuse_taken
from storage.settings import Settings, settings_or_exit

SERVING_ENVIRONMENT = {
    # One thread per worker for the trees: more would only compete for the same cores.
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    # By default, glibc keeps the memory of a large batch for every thread that handled one.
    "MALLOC_ARENA_MAX": "2",
}


def main() -> None:
    """Check that the service can start safely, then replace this process with the server."""
    settings = settings_or_exit()
    _refuse_unsafe(settings)
    # Before anything is touched: a second service would clear the metric files of the first.
    only_process_or_exit(settings.paths.api_lock, "mlops-api")
    addresses = settings.addresses
    refuse_taken(addresses.backend_host, addresses.backend_port, "HOUSING_BACKEND_PORT")
    _prepare_environment(settings)
    # A new program rather than a call: prometheus_client chooses multi-process mode at its first import,
    # which has already happened here.
    os.execv(sys.executable, [sys.executable, "-m", "backend.server"])


def _refuse_unsafe(settings: Settings) -> None:
    keys = (settings.access.viewer_key, settings.access.operator_key, settings.access.admin_key)
    if settings.reading_needs_key and not any(keys):
        raise SystemExit(
            f"HOUSING_BACKEND_HOST={settings.addresses.backend_host} lets others connect (or "
            "HOUSING_REQUIRE_KEY is set), but no key is set: set HOUSING_VIEWER_KEY, HOUSING_OPERATOR_KEY "
            "or HOUSING_ADMIN_KEY."
        )


def _prepare_environment(settings: Settings) -> None:
    # Metric files of an earlier run would be added to those of this one.
    shutil.rmtree(settings.paths.prometheus, ignore_errors=True)
    settings.paths.prometheus.mkdir(parents=True)
    os.environ[MULTIPROCESS_VARIABLE] = str(settings.paths.prometheus)
    os.environ.update(SERVING_ENVIRONMENT)


if __name__ == "__main__":
    main()
