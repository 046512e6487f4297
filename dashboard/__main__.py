"""``python -m dashboard``: serve the operator console until told to stop."""

import os
import socket
import sys
from pathlib import Path

from streamlit.web import cli

from dashboard.settings import DashboardSettings, dashboard_settings

REPOSITORY = Path(__file__).resolve().parents[1]
APPLICATION = REPOSITORY / "dashboard" / "app.py"


def main() -> None:
    """Serve the console with the project's theme, from any working folder."""
    # Read before the folder changes: a .env file belongs to the caller's folder.
    settings = dashboard_settings()
    _refuse_taken_port(settings)
    # Streamlit looks for .streamlit/config.toml in the working folder, and puts only the folder of
    # app.py on the path; the pages import the project's packages by name.
    os.chdir(REPOSITORY)
    if str(REPOSITORY) not in sys.path:
        sys.path.insert(0, str(REPOSITORY))
    cli.main(_arguments(settings), prog_name="streamlit")


def _arguments(settings: DashboardSettings) -> list[str]:
    return [
        "run",
        str(APPLICATION),
        f"--server.address={settings.dashboard_host}",
        f"--server.port={settings.dashboard_port}",
    ]


def _refuse_taken_port(settings: DashboardSettings) -> None:
    address = (settings.dashboard_host, settings.dashboard_port)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise SystemExit(
                f"{address[0]}:{address[1]} is not available ({error.strerror}); "
                "stop the program that uses it, or set HOUSING_DASHBOARD_PORT."
            ) from error


if __name__ == "__main__":
    main()
