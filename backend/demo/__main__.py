"""Show the closed loop: traffic with problems, a retraining that learns from it, a better model in service.

Needs the system that ``make up`` runs, with its worker. On two cores it takes less than five minutes.
"""

import storage.ctrl_c

import argparse
from functools import partial

from rich.console import Console

from backend.client import ClientError, HousingClient, ServiceUnreachable
from backend.demo.acts import Demo
from backend.demo.retraining import NoVerdict
from backend.keys.system_keys import operator_key_or_exit
from backend.simulate.options import seed
from backend.simulate.run import row_pool
from storage.setting_groups.hosts import url_of
from storage.settings import Settings, settings_or_exit
from storage.version import VERSION


def main(arguments: list[str] | None = None) -> None:
    """Run the demo; exit 1 with a sentence if the service is not there or the retraining has no verdict."""
    options = _parser().parse_args(arguments)
    settings = settings_or_exit(writes=False)
    url = options.url or settings.addresses.backend_url
    connect = partial(HousingClient, url, operator_key_or_exit(settings))
    demo = Demo(connect, row_pool(settings), options.seed, Console())
    try:
        demo.run()
    except ServiceUnreachable as error:
        raise SystemExit(f"{error} `make up` starts it.") from error
    except (ClientError, NoVerdict) as error:
        raise SystemExit(str(error)) from error
    demo.say(_where_to_look(settings))


def _where_to_look(settings: Settings) -> str:
    address = settings.addresses
    dashboard = url_of(address.dashboard_host, address.dashboard_port)
    pages = {"retrain": "the gate's checks", "performance": "the error", "registry": "the versions"}
    return "\n".join(
        ["Now look at:", *(f"    {dashboard}/{page}  {what}" for page, what in pages.items())]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.demo", description=__doc__)
    parser.add_argument("--url", help="URL of the service (default: from the settings)")
    parser.add_argument("--seed", type=seed, default=0, help="random seed (default: 0)")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


if __name__ == "__main__":
    main()
