"""``python -m backend``: serve the API with several worker processes until stopped."""

import storage.ctrl_c

import os
import shutil
import sys
from collections.abc import Mapping

from pydantic import SecretStr

from backend.metrics.files import MULTIPROCESS_VARIABLE
from storage.errors import KeysUnavailable
from storage.keys.store import KeyStore
from storage.process.kinds import API
from storage.process.lock import only_process_or_exit
from storage.schema.records import utc_now
from storage.setting_groups.hosts import refuse_taken
from storage.settings import Settings, settings_or_exit

SHORTEST_KEY = 16
"""Characters of a key where others can connect and try."""
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
    lock = only_process_or_exit(settings.paths.api_lock, API)
    addresses = settings.addresses
    refuse_taken(addresses.backend_host, addresses.backend_port, "HOUSING_BACKEND_PORT")
    _prepare_environment(settings)
    lock.hand_over()
    # A new program rather than a call: prometheus_client chooses multi-process mode at its first import,
    # which has already happened here.
    os.execv(sys.executable, [sys.executable, "-m", "backend.server"])


def _refuse_unsafe(settings: Settings) -> None:
    access = settings.access
    keys = {
        "HOUSING_VIEWER_KEY": access.viewer_key,
        "HOUSING_OPERATOR_KEY": access.operator_key,
        "HOUSING_ADMIN_KEY": access.admin_key,
    }
    if settings.others_can_connect:
        _refuse_short(keys)
    if settings.reading_needs_key and not (any(keys.values()) or _has_named_key(settings)):
        raise SystemExit(
            f"HOUSING_BACKEND_HOST={settings.addresses.backend_host} lets others connect (or "
            "HOUSING_REQUIRE_KEY is set), but no key is set: set HOUSING_VIEWER_KEY, HOUSING_OPERATOR_KEY "
            "or HOUSING_ADMIN_KEY, or make one with `python -m backend.keys create`."
        )


def _has_named_key(settings: Settings) -> bool:
    try:
        keys = KeyStore(settings.paths).all()
    except KeysUnavailable as error:
        raise SystemExit(str(error)) from error
    return any(key.is_accepted(utc_now()) for key in keys)


def _refuse_short(keys: Mapping[str, SecretStr | None]) -> None:
    for name, key in keys.items():
        if key is not None and len(key) < SHORTEST_KEY:
            raise SystemExit(
                f"{name} has {len(key)} characters, and others can connect and guess it: set one of "
                f"{SHORTEST_KEY} or more, for example from `openssl rand -hex 24`."
            )


def _prepare_environment(settings: Settings) -> None:
    # Metric files of an earlier run would be added to those of this one.
    shutil.rmtree(settings.paths.prometheus, ignore_errors=True)
    settings.paths.prometheus.mkdir(parents=True)
    os.environ[MULTIPROCESS_VARIABLE] = str(settings.paths.prometheus)
    os.environ.update(SERVING_ENVIRONMENT)


if __name__ == "__main__":
    main()
