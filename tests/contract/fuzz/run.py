"""Generated requests against a running service, with all checks of what its OpenAPI document says."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.system import REPOSITORY, clean_environment

COMMAND = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
HOOKS = "tests.contract.fuzz.hooks"
GENERATED = re.compile(r"^ *(\d+) generated", re.MULTILINE)
OPERATIONS = re.compile(r"^ *Selected: (\d+)/", re.MULTILINE)


@dataclass(frozen=True)
class Findings:
    """What a run found: whether nothing was wrong, and all that it said."""

    clean: bool
    said: str

    @property
    def cases(self) -> int:
        """Requests that were sent."""
        return _number(GENERATED, self.said)

    @property
    def operations(self) -> int:
        """Operations of the document that were chosen: all."""
        return _number(OPERATIONS, self.said)


def fuzz(url: str, folder: Path, phases: str, examples: int, seed: int) -> Findings:
    """Send requests to a service, at most so many of a phase to each operation; ``folder`` takes files."""
    options = f"--checks all --phases {phases} --max-examples {examples} --seed {seed}"
    options += " --no-color --no-shrink --continue-on-failure --generation-database none"
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "run", f"{url}/openapi.json", *options.split()],
        cwd=folder,
        env=clean_environment() | {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Findings(done.returncode == 0, done.stdout)


def _number(pattern: re.Pattern[str], said: str) -> int:
    found = pattern.search(said)
    return int(found[1]) if found is not None else 0
