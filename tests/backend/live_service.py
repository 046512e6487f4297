"""The service as it really runs, with its log-writer, for tests of what talks to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from backend.client import HousingClient, ServiceUnreachable
from storage.settings import Settings
from tests.system import running, wait_for

OPERATOR_KEY = "operate"
ADMIN_KEY = "administer"


def process_settings(settings: Settings) -> dict[str, str]:
    """Return what the processes are told."""
    return {
        "HOUSING_RUNTIME_DIRECTORY": str(settings.runtime_directory),
        "HOUSING_BACKEND_PORT": str(settings.addresses.backend_port),
        "HOUSING_OPERATOR_KEY": OPERATOR_KEY,
        "HOUSING_ADMIN_KEY": ADMIN_KEY,
    }


@contextmanager
def live_service(settings: Settings, logs: Path, **more: str) -> Iterator[HousingClient]:
    """Run the API and the log-writer as processes of their own, with ``more`` settings; wait for health."""
    told = process_settings(settings) | more
    with ExitStack() as stack:
        for module in ("storage.log_writer", "backend"):
            stack.enter_context(running(module, logs / f"{module}.log", **told))
        client = stack.enter_context(HousingClient(settings.addresses.backend_url, ADMIN_KEY))
        wait_for(lambda: is_healthy(client), what="a healthy service")
        yield client


def is_healthy(client: HousingClient) -> bool:
    """Whether it answers and has a model."""
    try:
        return client.health().status == "healthy"
    except ServiceUnreachable:
        return False
