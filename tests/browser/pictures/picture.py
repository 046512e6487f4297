"""A page of the console as a picture: the whole page, by day or by night."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.console import Scheme, System, settle, visit
from tests.system import REPOSITORY

PICTURES = REPOSITORY / "docs" / "screenshots"
WIDTH, HEIGHT = 1440, 900
COLOURS = 256
"""Of a picture. A page has few; with all that its letters' edges have, a file is more than twice as large."""


@contextmanager
def opened(
    browser: Browser, system: System, path: str, scheme: Scheme, width: int = WIDTH
) -> Iterator[Page]:
    """Open a page of the console in a window of its own."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    page = context.new_page()
    visit(page, system, path)
    yield page
    context.close()


def photograph(page: Page, file: Path) -> None:
    """Write the whole page as a PNG, and say so."""
    _stretch(page)
    with Image.open(BytesIO(page.screenshot())) as taken:
        few = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)
    sys.stdout.write(f"{file}\n")


def _stretch(page: Page) -> None:
    """Make the window as high as the page: Streamlit scrolls inside of it, so a full page is the window's."""
    width = int(page.evaluate("window.innerWidth"))
    page.mouse.move(width // 2, 4)
    height = int(page.get_by_test_id("stMain").evaluate("main => main.scrollHeight"))
    page.set_viewport_size({"width": width, "height": max(HEIGHT, height)})
    settle(page)
    page.wait_for_timeout(1_000)  # charts and tables draw themselves anew, and fade in
