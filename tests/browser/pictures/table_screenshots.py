"""``python -m tests.browser.pictures.table_screenshots``: take the pictures of another table.

A file as a person has it, with dates, words and gaps, is described, trained on and asked about; two pages of
the console then show what it makes of such a table.
"""

import storage.ctrl_c

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import get_args

from playwright.sync_api import Page, expect

from storage.domain.definition_file import FILE
from tests.browser.console import PATIENCE_SECONDS, Scheme, choose, chromium, running_system, settle
from tests.browser.pictures.picture import PICTURES, opened, photograph
from tests.system import REPOSITORY, clean_environment, free_port
from tests.tables.rides import TARGET, write_rides

PAGES = ("predict", "data")
LABEL = "Number of hires"
MODEL = "hist_gradient_boosting"
WORDS = ("--title", "Bicycle hires", "--subject", "day", "--unit", "bicycles")


def main() -> None:
    """Describe, train, run, photograph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=PICTURES, help="folder for the pictures")
    into = parser.parse_args().into
    into.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_SECONDS * 1_000)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        table = {"HOUSING_TABLE": str(root / "table")}
        _train(root, table)
        with (
            running_system(
                root / "runtime", root / "logs", free_port(), free_port(), **table
            ) as system,
            chromium() as browser,
        ):
            for name in PAGES:
                for scheme in get_args(Scheme):
                    with opened(browser, system, name, scheme) as page:
                        PREPARATIONS[name](page)
                        photograph(page, into / f"rides-{name}-{scheme}.png")


def _train(root: Path, table: dict[str, str]) -> None:
    file = write_rides(root / "rides.csv")
    describe = [
        "training.describe",
        str(file),
        "--target",
        TARGET,
        *WORDS,
        "-o",
        str(root / "table"),
    ]
    settings = table | {"HOUSING_RUNTIME_DIRECTORY": str(root / "runtime")}
    _run(describe)
    _look_over(root / "table" / FILE)
    _run(["training", "--candidates", MODEL, "--despite-checks"], **settings)


def _look_over(definition: Path) -> None:
    """Give the target the words that a person would."""
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace('"Hires"', f'"{LABEL}"'), encoding="utf-8")


def _run(module: list[str], **settings: str) -> None:
    command = [sys.executable, "-m", *module]
    subprocess.run(command, cwd=REPOSITORY, env=clean_environment(**settings), check=True)


def _prepare_predict(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("High hires")).click()
    settle(page)
    page.get_by_role("button", name="Predict number of hires").click()
    expect(page.locator(".st-key-predict_value")).to_have_text(re.compile(r"\d"))
    page.get_by_role("button", name="Explain this number of hires").click()
    expect(page.locator(".st-key-predict_waterfall .bartext").first).to_be_visible()


def _prepare_data(page: Page) -> None:
    choose(page, "Input", "Weather")
    expect(page.get_by_test_id("stMain")).to_contain_text("4 different values")
    for chart in ("target", "split", "column"):
        expect(page.locator(f".st-key-data_{chart} canvas").first).to_be_visible()


PREPARATIONS = {"predict": _prepare_predict, "data": _prepare_data}

if __name__ == "__main__":
    main()
