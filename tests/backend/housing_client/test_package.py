"""The wheel: built as `make client` does, it works without anything of ours."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from backend.housing_client.version import VERSION as CLIENT_VERSION
from storage.version import VERSION

ROOT = Path(__file__).parents[3]
USED = """
import sys, json
sys.path.insert(0, sys.argv[1])
from housing_client import Client
with Client(sys.argv[2], key="administer") as client:
    row = dict.fromkeys(client.model().inputs, 5.0) | {"Latitude": 37.0, "Longitude": -120.0}
    value = client.predict(row).value
loaded = {name.split(".")[0] for name in sys.modules}
ours = {"backend", "storage", "training", "pydantic", "numpy", "requests"} & loaded
print(json.dumps([value, sorted(ours)]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", folder, ROOT / "backend/housing_client"], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_package_its_types_and_nothing_else(wheel: Path) -> None:
    assert wheel.name == f"housing_client-{VERSION}-py3-none-any.whl"
    names = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    held = {name.name for name in names if name.parts[0] == "housing_client"}
    sources = {path.name for path in (ROOT / "backend/housing_client").glob("*.py")}
    assert held == sources | {"py.typed"}


def test_it_predicts_where_nothing_of_ours_can_be_imported(
    wheel: Path, url: str, tmp_path: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-c", USED, wheel, url],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith("[")
    assert ran.stdout.strip().endswith("[]]")


def test_its_version_is_the_service_s() -> None:
    assert CLIENT_VERSION == VERSION
