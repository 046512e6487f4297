"""README and pages tell the truth: paths, commands and processes that they name exist."""

import re
from pathlib import Path

import pytest
from honcho.environ import parse_procfile
from PIL import Image

from tests.browser.pictures.animation import MOST_BYTES, SCENES
from tests.documentation.commands_page import targets
from tests.documentation.settings_table import settings_by_variable
from tests.system import REPOSITORY

README = REPOSITORY / "README.md"
TOUR = REPOSITORY / "docs" / "screenshots" / "tour.webp"
DECISION = "training/promotion/decision.py"
LONGEST_README = 150
PROSE = [README, REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
STARTED_BY = [REPOSITORY / name for name in ("docker-compose.yml", "Procfile", "Makefile")]
SETTING = re.compile(r"HOUSING_[A-Z_]*[A-Z]\b")
FLOORS = "storage|training|backend|dashboard|docs|tests|requirements"
NAMED_PATH = re.compile(rf"`((?:{FLOORS})/[\w/.-]*)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
MAKE = re.compile(r"(?:`|^\$ |^)make ([a-z-]+)", re.MULTILINE)


def _named(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PROSE, ids=_named)
def test_every_path_named_exists(page: Path) -> None:
    for path in NAMED_PATH.findall(page.read_text()):
        assert (REPOSITORY / path).exists(), path


@pytest.mark.parametrize("page", PROSE, ids=_named)
def test_every_make_command_named_exists(page: Path) -> None:
    existing = {name.strip("`").removeprefix("make ") for name, _ in targets()}
    assert set(MAKE.findall(page.read_text())) <= existing


@pytest.mark.parametrize("page", [*PROSE, *STARTED_BY], ids=_named)
def test_every_setting_named_exists(page: Path) -> None:
    assert set(SETTING.findall(page.read_text())) <= set(settings_by_variable())


@pytest.mark.parametrize("page", [README, REPOSITORY / "CONTRIBUTING.md"], ids=_named)
def test_every_file_linked_exists(page: Path) -> None:
    linked = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert linked
    for link in linked:
        assert (REPOSITORY / link).exists(), link


def test_the_readme_is_read_in_five_minutes() -> None:
    assert len(README.read_text().splitlines()) <= LONGEST_README


def test_the_readme_leads_to_the_file_that_decides_a_promotion() -> None:
    assert f"`{DECISION}`" in README.read_text()
    assert "def decide(" in (REPOSITORY / DECISION).read_text()


def test_every_process_is_named() -> None:
    page = (REPOSITORY / "docs" / "explanation" / "architecture.md").read_text()
    for name in parse_procfile((REPOSITORY / "Procfile").read_text()).processes:
        assert f"| `{name}` |" in page


def test_the_animated_picture_shows_each_page_and_loads_quickly() -> None:
    assert TOUR.stat().st_size <= MOST_BYTES
    with Image.open(TOUR) as picture:
        assert getattr(picture, "n_frames", 1) == len(SCENES)
