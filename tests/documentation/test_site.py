"""The site builds strictly, holds nothing from the internet, and refuses a link that leads nowhere."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system import REPOSITORY

BUILD_SECONDS = 120
FETCHED = re.compile(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="?(https?://[^"\s>]+)')


def _build(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "-d", str(site)],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    result = _build(REPOSITORY, folder)
    assert result.returncode == 0, result.stderr
    return folder


def test_every_page_is_built(site: Path) -> None:
    pages = [path.relative_to(REPOSITORY / "docs") for path in (REPOSITORY / "docs").rglob("*.md")]
    assert len(pages) > 40
    for page in pages:
        assert (site / page.with_suffix(".html")).exists(), page


def test_nothing_is_fetched_from_the_internet(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert not FETCHED.findall(page.read_text()), page


@pytest.mark.parametrize("link", ["how-to/nowhere.md", "glossary.md#nothing"])
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path, link: str) -> None:
    shutil.copy(REPOSITORY / "mkdocs.yml", tmp_path)
    shutil.copytree(REPOSITORY / "docs", tmp_path / "docs")
    with (tmp_path / "docs" / "index.md").open("a") as page:
        page.write(f"\n[nowhere]({link})\n")
    result = _build(tmp_path, tmp_path / "site")
    assert result.returncode != 0
    assert link.partition("#")[2] or link in result.stderr
