"""``python -m tests.browser.pictures.screenshots``: take the pictures in docs/screenshots anew.

Trains two versions and runs the whole system in a temporary folder, asks for some prices, and photographs
each page by day and by night. ``--only`` and ``--width`` serve the person who looks at a change.
"""

import storage.ctrl_c

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import get_args

from playwright.sync_api import Browser, Page, expect

from backend.client import ServiceRefused
from backend.contract.definition import PRESETS
from backend.contract.feedback import FeedbackItem
from backend.contract.predictions import HousingFeatures
from backend.contract.retraining.runs import RetrainingsQuery
from dashboard.wording.value import recorded
from tests.browser.console import (
    PATIENCE_SECONDS,
    Scheme,
    System,
    chromium,
    open_first_row,
    running_system,
    settle,
)
from tests.browser.pictures.picture import PICTURES, WIDTH, opened, photograph
from tests.districts import unseen_districts, unseen_prices
from tests.system import REPOSITORY, clean_environment, free_port, wait_for

PAGES = {
    "overview": "",
    "drift": "drift?range=15m",
    "retrain": "retrain",
    "predict": "predict",
    "predict-contributions": "predict",
    "predict-sensitivity": "predict",
    "predict-map": "predict",
    "predict-scenarios": "predict",
    "batch": "batch",
    "latency": "latency",
    "performance": "performance",
    "data": "data",
    "registry": "registry",
    "logs": "logs?request_endpoint=/predict",
    "alerts": "alerts",
    "configuration": "configuration",
    "predict-general": "predict",
}
VERSIONS = ("linear_regression", "hist_gradient_boosting")
"""The last one serves."""
SCENARIOS = ("Cupertino", "Pacific Palisades", "Delano")
BATCH_ROWS = 1_500
TRAFFIC_SECONDS = 100
REQUESTS_A_SECOND = 12
MOST_ASKED = 3_000
MISTAKES = 0.02
INCOME_FACTOR = 1.3
TRIGGER_REASON = "Richer districts are asked about since this morning."
ROW_PIXELS = 33


def main() -> None:
    """Train, run, ask, photograph."""
    options = _options()
    expect.set_options(timeout=PATIENCE_SECONDS * 1_000)
    with tempfile.TemporaryDirectory() as folder:
        runtime = Path(folder) / "runtime"
        _train(runtime)
        with (
            running_system(runtime, Path(folder) / "logs", free_port(), free_port()) as system,
            chromium() as browser,
        ):
            _ask_for_prices(system, options.traffic_seconds)
            _retrain(system)
            options.into.mkdir(parents=True, exist_ok=True)
            for name in options.only or PAGES:
                for scheme in get_args(Scheme):
                    _photograph(browser, system, name, scheme, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=PICTURES, help="folder for the pictures")
    parser.add_argument("--only", choices=PAGES, nargs="*", help="which pages (default: all)")
    parser.add_argument("--width", type=int, default=WIDTH, help="pixels (default: %(default)s)")
    parser.add_argument(
        "--traffic-seconds",
        type=float,
        default=TRAFFIC_SECONDS,
        help="how long prices are asked for before (default: %(default)s)",
    )
    return parser.parse_args()


def _train(runtime: Path) -> None:
    environment = clean_environment(HOUSING_RUNTIME_DIRECTORY=str(runtime))
    for candidate in VERSIONS:
        command = [sys.executable, "-m", "training", "--candidates", candidate]
        command.append("--despite-checks")  # the pages show slow models too
        subprocess.run(command, cwd=REPOSITORY, env=environment, check=True)


def _ask_for_prices(system: System, seconds: float) -> None:
    """Ask for prices at an uneven pace, with a mistake now and then, as people do.

    In the second half richer districts are asked about; some prices become known at the end.
    """
    chance = random.Random(7)  # noqa: S311 - a pace, not a secret
    usual, rich = unseen_districts(MOST_ASKED), unseen_districts(MOST_ASKED, INCOME_FACTOR)
    start = time.monotonic()
    asked: list[str] = []
    while (passed := time.monotonic() - start) < seconds and len(asked) < MOST_ASKED:
        districts = usual if passed < seconds / 2 else rich
        if chance.random() < MISTAKES:
            _ask_what_is_refused(system)
        asked.append(system.client.predict(districts[len(asked)]).prediction_id)
        time.sleep(chance.expovariate(REQUESTS_A_SECOND))
    known = zip(asked, unseen_prices(len(asked)), strict=True)
    labels = [FeedbackItem(prediction_id=name, actual=price) for name, price in known]
    system.client.feedback(labels[: len(labels) // 2])
    system.client.trigger_retraining(
        TRIGGER_REASON, force=True
    )  # few labels, all of test districts


def _retrain(system: System) -> None:
    """Have the worker carry out what was asked for."""
    with system.worker("training.worker", HOUSING_CANDIDATES=VERSIONS[-1]):
        query = RetrainingsQuery(state="done")
        wait_for(lambda: system.client.retrainings(query).total, 600, "the retraining's end")


def _ask_what_is_refused(system: System) -> None:
    values = PRESETS[0].features.model_dump() | {"Latitude": 61.0}
    with suppress(ServiceRefused):  # as meant
        system.client.predict(HousingFeatures.model_construct(None, **values))


def _leave_a_refusal(system: System) -> None:
    """Leave a refused request as the newest but two, for the picture of the logs."""
    features = PRESETS[0].features
    _ask_what_is_refused(system)
    time.sleep(
        1
    )  # until the log-writer has stored it: what two workers answer may be stored in any order
    system.client.predict(features)
    system.client.predict(features)
    time.sleep(1)


def _photograph(
    browser: Browser, system: System, name: str, scheme: Scheme, options: argparse.Namespace
) -> None:
    _leave_a_refusal(system)
    with opened(browser, system, PAGES[name], scheme, options.width) as page:
        PREPARATIONS[name](page)
        photograph(page, options.into / f"{name}-{scheme}.png")


def _prepare_overview(page: Page) -> None:
    expect(page.locator(".st-key-overview_traffic canvas").first).to_be_visible()


def _prepare_predict(page: Page) -> None:
    _ask(page, "Cupertino")


def _ask(page: Page, district: str) -> None:
    page.get_by_role("radio", name=district).click()
    page.get_by_role("button", name="Predict price").click()
    value = next(one.recorded_value for one in PRESETS if one.name == district)
    facts = page.get_by_role("row", name=re.compile("Recorded price"))
    expect(facts).to_contain_text(recorded(value))


def _prepare_contributions(page: Page) -> None:
    _prepare_predict(page)
    page.get_by_role("button", name="Explain this price").click()
    expect(page.locator(".st-key-predict_waterfall .bartext").first).to_be_visible()


def _prepare_sensitivity(page: Page) -> None:
    _prepare_predict(page)
    page.get_by_role("tab", name="Sensitivity").click()
    expect(page.locator(".st-key-predict_curve_Longitude canvas").first).to_be_visible()


def _prepare_map(page: Page) -> None:
    _prepare_predict(page)
    page.get_by_role("tab", name="Map").click()
    expect(page.locator(".st-key-predict_around .points path").first).to_be_visible()


def _prepare_scenarios(page: Page) -> None:
    for district in SCENARIOS:
        _ask(page, district)
        page.get_by_role("button", name="Pin this prediction").click()
        expect(page.get_by_role("button", name="Pinned")).to_be_visible()
    page.get_by_role("tab", name="Scenarios").click()
    expect(page.locator(".st-key-predict_comparison")).to_be_visible()


def _prepare_drift(page: Page) -> None:
    for chart in ("histogram", "cumulative", "timeline", "multivariate"):
        expect(page.locator(f".st-key-drift_{chart} canvas").first).to_be_visible()


def _prepare_retrain(page: Page) -> None:
    open_first_row(page, page.locator(".st-key-retrain_opened"))


def _prepare_batch(page: Page) -> None:
    chance = random.Random(3)  # noqa: S311 - which districts, not a secret
    rows = [chance.choice(PRESETS).features.model_dump() for _ in range(BATCH_ROWS)]
    for row in rows:
        row["MedInc"] = round(row["MedInc"] * chance.uniform(0.6, 1.5), 4)
    rows[4] |= {"Latitude": 61.0}
    rows[17] |= {"AveRooms": 0.0, "Population": -322.0}
    lines = [",".join(map(str, row.values())) for row in rows]
    lines[40] = lines[40].replace(",", ";")
    content = "\n".join([",".join(rows[0]), *lines])
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "block_groups.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name=re.compile(r"Score [\d,]+ rows")).click()
    expect(page.get_by_role("button", name=re.compile("Download [\\d,]+ scored"))).to_be_visible()


def _prepare_latency(page: Page) -> None:
    expect(page.locator(".st-key-latency_chart canvas").first).to_be_visible()


def _prepare_performance(page: Page) -> None:
    for chart in ("error", "residuals"):
        expect(page.locator(f".st-key-performance_{chart} canvas").first).to_be_visible()


def _prepare_data(page: Page) -> None:
    for chart in ("target", "split", "column"):
        expect(page.locator(f".st-key-data_{chart} canvas").first).to_be_visible()


def _prepare_registry(page: Page) -> None:
    for chart in ("figures", "forest"):
        expect(page.locator(f".st-key-registry_{chart} canvas").first).to_be_visible()


def _prepare_configuration(page: Page) -> None:
    page.get_by_role("tab", name="Alerts").click()
    settle(page)


def _prepare_general(page: Page) -> None:
    page.get_by_text("How the model uses its inputs").click()
    page.get_by_role("button", name="Show both").click()
    expect(page.locator(".st-key-predict_interaction_map canvas").first).to_be_visible()


def _prepare_logs(page: Page) -> None:
    page.get_by_role("tab", name="Requests").click()
    settle(page)
    table = page.get_by_test_id("stDataFrame").locator("canvas").first
    table.click(position={"x": 16, "y": 52 + 2 * ROW_PIXELS}, force=True)
    expect(page.locator(".st-key-request_opened")).to_contain_text("Latitude")


PREPARATIONS = {
    "overview": _prepare_overview,
    "drift": _prepare_drift,
    "retrain": _prepare_retrain,
    "predict": _prepare_predict,
    "predict-contributions": _prepare_contributions,
    "predict-sensitivity": _prepare_sensitivity,
    "predict-map": _prepare_map,
    "predict-scenarios": _prepare_scenarios,
    "batch": _prepare_batch,
    "latency": _prepare_latency,
    "performance": _prepare_performance,
    "data": _prepare_data,
    "registry": _prepare_registry,
    "logs": _prepare_logs,
    "alerts": settle,
    "configuration": _prepare_configuration,
    "predict-general": _prepare_general,
}


if __name__ == "__main__":
    main()
