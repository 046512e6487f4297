"""``make up``: train if there is no champion yet, start the Procfile's processes, print their addresses."""

import storage.ctrl_c
from storage.ctrl_c import INTERRUPTED

import os
import re
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests
from honcho.environ import parse_procfile
from pydantic import ValidationError

from backend.connection import direct_session
from backend.contract.base import STARTING
from backend.contract.service import HealthResponse
from backend.keys.system_keys import KEY_VARIABLES, load_or_create_keys
from backend.supervisor.supervisor import Supervisor
from backend.supervisor.watched import Program
from storage.errors import InvalidInput
from storage.process.kinds import API, MAKE_UP
from storage.process.lock import only_process_or_exit
from storage.process.parent import tied_command
from storage.setting_groups.hosts import refuse_taken, url_of
from storage.settings import Settings, settings_or_exit

PROJECT = Path(__file__).resolve().parent.parent
PROCFILE = PROJECT / "Procfile"
START_SECONDS = 90
STARTING_SECONDS = 300
"""So long may take what says that it is starting: it may compile its machine code."""
PATIENCE_SECONDS = 5
"""A start that takes no longer needs no words."""
SECRET = re.compile(r"_(KEY|PASSWORD|SECRET|TOKEN)$")
"""What the name of a variable ends in whose value no output may show."""


@dataclass(frozen=True)
class Address:
    """The address of one process, and the path that shows whether it is ready."""

    name: str
    host: str
    port: int
    variable: str
    probe: str

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        return url_of(self.host, self.port)

    def answers(self) -> bool:
        """Whether it is ready."""
        answer = self._probed()
        return answer is not None and answer.ok

    def starting(self) -> str | None:
        """Return what it says while it is starting."""
        answer = self._probed()
        if answer is None or answer.ok:
            return None
        try:
            health = HealthResponse.model_validate_json(answer.content)
        except ValidationError:
            return None
        return health.message if health.code == STARTING else None

    def _probed(self) -> requests.Response | None:
        try:
            with direct_session() as session:
                return session.get(self.url + self.probe, timeout=2)
        except requests.RequestException:
            return None


def main() -> None:
    """Run the whole system until Ctrl-C."""
    settings = settings_or_exit()
    only_process_or_exit(settings.paths.launcher_lock, MAKE_UP).keep()
    addresses = _addresses(settings)
    for address in addresses:
        refuse_taken(address.host, address.port, address.variable)
    keys = _keys(settings)
    _train_if_missing()
    print("Starting …", flush=True)
    supervisor = Supervisor(programs(keys), settings.paths.process_states, _secrets(keys))
    threading.Thread(target=_announce, args=(addresses,), daemon=True).start()
    supervisor.run()
    os._exit(0)  # at once: a thread may be waiting for a terminal that takes nothing


def _keys(settings: Settings) -> dict[str, str]:
    try:
        return load_or_create_keys(settings)
    except (InvalidInput, OSError) as error:
        raise SystemExit(str(error)) from error


def programs(keys: Mapping[str, str]) -> list[Program]:
    """Return the processes of the Procfile, to be run in the caller's folder."""
    return [
        Program(name, shlex.split(command), process_environment(name, keys), Path.cwd())
        for name, command in parse_procfile(PROCFILE.read_text(encoding="utf-8")).processes.items()
    ]


def process_environment(name: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of one process: the service gets all keys, a client only its own."""
    python = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": _python_path(),
        "PYTHONUNBUFFERED": "1",
    }
    environment = os.environ | python
    for variable in KEY_VARIABLES:
        environment.pop(variable, None)
    if name == API:
        return environment | dict(keys)
    if name == "monitor":
        return environment | {"HOUSING_OPERATOR_KEY": keys["HOUSING_OPERATOR_KEY"]}
    if name == "dashboard":
        return environment | {"HOUSING_DASHBOARD_KEY": keys["HOUSING_OPERATOR_KEY"]}
    return environment


def _python_path() -> str:
    # Programs run in the caller's folder, so that .env and relative paths mean the same to all of them.
    return os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))


def _addresses(settings: Settings) -> tuple[Address, ...]:
    return (
        Address(
            "Dashboard",
            settings.addresses.dashboard_host,
            settings.addresses.dashboard_port,
            "HOUSING_DASHBOARD_PORT",
            "/_stcore/health",
        ),
        Address(
            "API",
            settings.addresses.backend_host,
            settings.addresses.backend_port,
            "HOUSING_BACKEND_PORT",
            "/health/ready",
        ),
        Address(
            "MLflow",
            settings.addresses.mlflow_host,
            settings.addresses.mlflow_port,
            "HOUSING_MLFLOW_PORT",
            "/health",
        ),
    )


def _train_if_missing() -> None:
    command = tied_command([sys.executable, "-m", "training", "--if-missing"])
    try:
        training = subprocess.run(command, env=os.environ | {"PYTHONPATH": _python_path()})
    except KeyboardInterrupt:  # it got the same Ctrl-C
        sys.exit(INTERRUPTED)
    if training.returncode:
        sys.exit(training.returncode)


def _secrets(keys: Mapping[str, str]) -> set[str]:
    return {*keys.values()} | {os.environ[name] for name in os.environ if SECRET.search(name)}


def _announce(addresses: tuple[Address, ...]) -> None:
    begun = time.monotonic()
    waiting, said = list(addresses), False
    while waiting and time.monotonic() - begun < (STARTING_SECONDS if said else START_SECONDS):
        waiting = [address for address in waiting if not address.answers()]
        if not said and time.monotonic() - begun > PATIENCE_SECONDS:
            said = _say_starting(waiting)
        time.sleep(0.2)
    if waiting:
        names = ", ".join(address.name for address in waiting)
        seconds = time.monotonic() - begun
        print(f"\nNot ready after {seconds:.0f} s: {names}; see the log above.\n", flush=True)
        return
    lines = [f"    {address.name:<10} {address.url}" for address in addresses]
    print("\n".join(["", "  Ready. Press Ctrl-C to stop.", "", *lines, ""]), flush=True)


def _say_starting(addresses: Sequence[Address]) -> bool:
    """Print what the first of them says while it is starting; return whether one does."""
    sentence = next(filter(None, (address.starting() for address in addresses)), None)
    if sentence is not None:
        print(sentence, flush=True)
    return sentence is not None


if __name__ == "__main__":
    main()
