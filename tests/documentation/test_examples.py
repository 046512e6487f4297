"""Every example of README and pages works as printed, against a real service with its log-writer."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend.client import HousingClient
from backend.keys.system_keys import load_or_create_keys
from storage.models.champion import ChampionSwitch
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.backend.live_service import is_healthy
from tests.documentation.examples import PAGES, Example, examples
from tests.settings import changed
from tests.system import REPOSITORY, clean_environment, copied_runtime, free_port, running, wait_for
from tests.versions import champion_and_dearer

pytestmark = pytest.mark.xdist_group("documentation")

PAGE_SECONDS = 60
SHELL = """
set -euo pipefail
curl() { command curl --fail-with-body --silent --show-error "$@"; }
"""
"""An answer that is an error ends an example, as a person would notice it."""


@pytest.fixture(scope="module")
def settings(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over a champion that another version came before."""
    runtime = copied_runtime(trained_runtime, tmp_path_factory.mktemp("examples") / "runtime")
    settings = changed(Settings(runtime_directory=runtime), backend_port=free_port())
    store = ModelStore(settings.paths)
    _, later = champion_and_dearer(store)
    ChampionSwitch(store, store.verify).promote(later)
    return settings


@pytest.fixture(scope="module")
def service(settings: Settings) -> Iterator[dict[str, str]]:
    """A running service with keys as `make up` makes them; the environment of an example."""
    keys = load_or_create_keys(settings)
    own = {
        "HOUSING_RUNTIME_DIRECTORY": str(settings.runtime_directory),
        "HOUSING_BACKEND_PORT": str(settings.addresses.backend_port),
    }
    logs = settings.runtime_directory.parent
    with ExitStack() as stack:
        for module in ("storage.log_writer", "backend"):
            stack.enter_context(running(module, logs / f"{module}.log", **own, **keys))
        client = stack.enter_context(HousingClient(settings.addresses.backend_url))
        wait_for(lambda: is_healthy(client), what="a healthy service")
        yield clean_environment(**own)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if examples(page)], ids=lambda page: page.stem
)
def test_examples_work_as_printed(
    page: Path, settings: Settings, service: dict[str, str], tmp_path: Path
) -> None:
    program = _substituted(_session(examples(page)), settings)
    ran = subprocess.run(
        ["bash", "-c", program],
        cwd=tmp_path,
        env=service | {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'backend'}"},
        capture_output=True,
        text=True,
        timeout=PAGE_SECONDS,
    )
    assert ran.returncode == 0, f"{_printed(tmp_path)}\n{ran.stderr}"
    for number, example in enumerate(examples(page)):
        if example.shown:
            printed = _last_document((tmp_path / f"printed.{number}").read_text())
            assert_has_all(printed, json.loads(example.shown), example.text)


def test_the_pages_have_examples_of_both_kinds() -> None:
    kinds = [example.language for page in PAGES for example in examples(page)]
    assert kinds.count("bash") > 15
    assert kinds.count("python") >= 1


def assert_has_all(printed: object, shown: object, command: str) -> None:
    """Assert that an answer has every field that the page shows of it, whatever the values."""
    if isinstance(shown, dict) and shown:
        assert isinstance(printed, dict), command
        for name, value in shown.items():
            assert name in printed, f"{name} is not in the answer of: {command}"
            assert_has_all(printed[name], value, command)
    elif isinstance(shown, list) and shown:
        assert isinstance(printed, list), command
        assert printed, f"an empty list in the answer of: {command}"
        assert_has_all(printed[0], shown[0], command)


def _session(page: list[Example]) -> str:
    """Return one shell session of all examples of a page, what each prints going to a file of its own."""
    commands = []
    for number, example in enumerate(page):
        text = example.text
        if example.language == "python":
            text = f".venv/bin/python - <<'PROGRAM'\n{text}PROGRAM"
        commands.append(f"{{\n{text}\n}} > printed.{number}\n")
    return SHELL + "".join(commands)


def _last_document(printed: str) -> object:
    """Return the last of the JSON documents that were printed one after the other."""
    end, document = 0, None
    while printed[end:].strip():
        end += len(printed[end:]) - len(printed[end:].lstrip())
        document, end = json.JSONDecoder().raw_decode(printed, end)
    return document


def _substituted(program: str, settings: Settings) -> str:
    """Return a session for the service of this test in place of the one that `make up` starts."""
    return (
        program.replace("http://127.0.0.1:5000", settings.addresses.backend_url)
        .replace(".venv/bin/python", sys.executable)
        .replace("runtime/", f"{settings.runtime_directory}/")
    )


def _printed(folder: Path) -> str:
    files = sorted(folder.glob("printed.*"), key=lambda path: int(path.suffix[1:]))
    return "\n".join(path.read_text() for path in files[-2:])
