"""What importing a room loads."""

import subprocess
import sys

import pytest

from tests.system import FINISH_SECONDS, REPOSITORY, clean_environment

PROGRAM = """
import importlib, pkgutil, sys
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, {package!r} + "."):
    if not module.name.endswith("__main__") and ".migrations" not in module.name:
        importlib.import_module(module.name)
loaded = [name for name in {unwanted!r} if name in sys.modules]
sys.exit(", ".join(loaded) or 0)
"""


@pytest.mark.parametrize(
    ("package", "unwanted"),
    [
        ("storage", ["training", "backend", "dashboard", "sklearn", "mlflow"]),
        ("training", ["backend", "dashboard", "streamlit"]),
    ],
)
def test_a_room_loads_nothing_from_above_it(package: str, unwanted: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(package=package, unwanted=unwanted)],
        cwd=REPOSITORY,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=FINISH_SECONDS,
    )
    assert result.returncode == 0, f"{package} loads {result.stderr}"
