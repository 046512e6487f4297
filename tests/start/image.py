"""An image without Docker: a folder with what its COPY lines copy, and only the packages that it installs."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.system import REPOSITORY, clean_environment

REFUSING = '''"""No package that the image does not install can be imported."""
import sys

MISSING = set({missing})


class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"the image does not install {{name}}", name=name)


sys.meta_path.insert(0, NotInstalled())
'''


@dataclass(frozen=True)
class Image:
    """What a Dockerfile makes.

    Attributes
    ----------
    folder
        Its working folder.
    environment
        For a process in it.
    """

    folder: Path
    environment: dict[str, str]

    @classmethod
    def built(cls, dockerfile: Path, folder: Path) -> "Image":
        """Carry out the COPY lines and note what is installed, in a new folder."""
        requirements: list[Path] = []
        variables: dict[str, str] = {}
        (folder / "app").mkdir(parents=True)
        for line in dockerfile.read_text(encoding="utf-8").splitlines():
            instruction, _, rest = line.partition(" ")
            words = shlex.split(rest)
            if instruction == "COPY":
                _copy(words[:-1], folder / "app", words[-1])
            elif instruction == "RUN" and "-r" in words:
                requirements.append(REPOSITORY / words[words.index("-r") + 1])
            elif instruction == "ENV":
                variables |= dict(word.split("=", 1) for word in words)
        # A folder of the image; here the machine code of this machine will do.
        variables.pop("NUMBA_CACHE_DIR", None)
        missing = _modules() - _modules_of(_closure(requirements))
        (folder / "packages").mkdir()
        code = REFUSING.format(missing=json.dumps(sorted(missing)))
        (folder / "packages" / "sitecustomize.py").write_text(code, encoding="utf-8")
        variables |= {"PYTHONPATH": str(folder / "packages")}
        return cls(folder / "app", clean_environment(**variables))

    def started(
        self, command: list[str], settings: dict[str, str], log: Path
    ) -> subprocess.Popen[bytes]:
        """Start a command in it, in a process group of its own."""
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *command[1:]],
                cwd=self.folder,
                env=self.environment | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def runs(self, command: list[str]) -> bool:
        """Whether a command in it, such as a health check, ends with exit code 0."""
        result = subprocess.run(
            [sys.executable, *command[1:]],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        return result.returncode == 0


def interpolated(value: Any, variables: dict[str, str]) -> str:
    """Return a value of the compose file with its ${NAME:?why} and ${NAME:-default} replaced."""

    def of(found: re.Match[str]) -> str:
        default = found[2] if (found[2] or "").startswith(":-") else None
        return variables.get(found[1], default[2:]) if default is not None else variables[found[1]]

    return re.sub(r"\$\{(\w+)(:[?-][^}]*)?\}", of, str(value))


def _copy(sources: list[str], folder: Path, target: str) -> None:
    for source in sources:
        if (REPOSITORY / source).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(REPOSITORY / source, folder / target, ignore=ignored)
        else:
            (folder / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / source, folder / target)


def _closure(files: list[Path]) -> set[str]:
    """Return the names of all distributions that requirement files bring along."""
    found: set[str] = set()
    waiting = [requirement for file in files for requirement in _required(file)]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        key = f"{name}{sorted(requirement.extras)}"
        if key in found:
            continue
        found |= {key, name}
        for line in metadata.requires(name) or ():
            needed = Requirement(line)
            extras = requirement.extras or {""}
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": each}) for each in {"", *extras}
            ):
                waiting.append(needed)
    return found


def _required(file: Path) -> list[Requirement]:
    required = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            required += _required(file.with_name(line.removeprefix("-r ")))
        elif line and not line.startswith(("#", "-")):
            required.append(Requirement(line))
    return required


@cache
def _packages() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())


def _modules() -> set[str]:
    return set(_packages())


def _modules_of(distributions: set[str]) -> set[str]:
    return {
        module
        for module, holders in _packages().items()
        if any(canonicalize_name(holder) in distributions for holder in holders)
    }
