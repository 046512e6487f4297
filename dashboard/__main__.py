"""``python -m dashboard``: serve the operator console until told to stop."""

import os
import sys
from pathlib import Path

from streamlit.web import cli

from dashboard.settings import addresses, shared_settings
from storage.setting_groups.hosts import refuse_taken
from storage.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[1]
APPLICATION = REPOSITORY / "dashboard" / "app.py"


def main() -> None:
    """Serve the console with the project's theme, from any working folder."""
    # Read before the folder changes: a .env file belongs to the caller's folder.
    own = (addresses().dashboard_host, addresses().dashboard_port)
    refuse_taken(*own, "HOUSING_DASHBOARD_PORT")
    _refuse_unsafe(shared_settings())
    # Streamlit looks for .streamlit/config.toml in the working folder, and puts only the folder of
    # app.py on the path; the pages import the project's packages by name.
    os.chdir(REPOSITORY)
    if str(REPOSITORY) not in sys.path:
        sys.path.insert(0, str(REPOSITORY))
    cli.main(_arguments(*own), prog_name="streamlit")


def _refuse_unsafe(settings: Settings) -> None:
    # Whoever opens the dashboard acts with its key.
    if settings.dashboard_is_open:
        raise SystemExit(
            f"HOUSING_DASHBOARD_HOST={settings.addresses.dashboard_host} lets others connect, and the "
            "dashboard does not ask who they are: bind it to 127.0.0.1, or put a proxy that signs people "
            "in before it and set HOUSING_DASHBOARD_SIGNED_IN_BY_PROXY=true."
        )


def _arguments(host: str, port: int) -> list[str]:
    return [
        "run",
        str(APPLICATION),
        f"--server.address={host}",
        f"--server.port={port}",
    ]


if __name__ == "__main__":
    main()
