"""``python -m dashboard``: serve the operator console until told to stop."""

import storage.ctrl_c

import os
import sys
from pathlib import Path

from backend.contract.definition import TITLE
from backend.contract.security_headers import SECURITY_HEADERS
from dashboard.foreign_pages import ForeignPages
from dashboard.settings import addresses, shared_settings
from storage.setting_groups.hosts import refuse_taken, url_of
from storage.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[1]
APPLICATION = REPOSITORY / "dashboard" / "app.py"
STOP_SECONDS = 4


def main() -> None:
    """Serve the console with the project's theme, from any working folder."""
    # Read before the folder changes: a .env file belongs to the caller's folder.
    own = (addresses().dashboard_host, addresses().dashboard_port)
    refuse_taken(*own, "HOUSING_DASHBOARD_PORT")
    _refuse_unsafe(shared_settings())
    # Streamlit looks for .streamlit/config.toml in the working folder, and the pages import the project's
    # packages by name.
    os.chdir(REPOSITORY)
    if str(REPOSITORY) not in sys.path:
        sys.path.insert(0, str(REPOSITORY))
    # The title also has the table's definition read here: the pages would fail one by one without it.
    print(f"The console of {TITLE} is at {url_of(*own)}", flush=True)
    _serve(*own)


def _refuse_unsafe(settings: Settings) -> None:
    # Whoever opens the dashboard acts with its key.
    if settings.dashboard_is_open:
        raise SystemExit(
            f"HOUSING_DASHBOARD_HOST={settings.addresses.dashboard_host} lets others connect, and the "
            "dashboard does not ask who they are: bind it to 127.0.0.1, or put a proxy that signs people "
            "in before it and set HOUSING_DASHBOARD_SIGNED_IN_BY_PROXY=true."
        )


def _serve(host: str, port: int) -> None:
    # Imported only now: it takes a second, and a refusal needs none of it.
    import uvicorn
    from streamlit.runtime.runtime_util import get_max_message_size_bytes
    from streamlit.starlette import App

    # Not by `streamlit run`, which takes no headers and tells the name of its server.
    uvicorn.run(
        ForeignPages(App(APPLICATION), shared_settings().dashboard_hosts),
        host=host,
        port=port,
        headers=SECURITY_HEADERS,
        server_header=False,
        access_log=False,
        log_level="warning",
        use_colors=False,
        ws="websockets-sansio",
        ws_max_size=get_max_message_size_bytes(),
        timeout_graceful_shutdown=STOP_SECONDS,
    )


if __name__ == "__main__":
    main()
