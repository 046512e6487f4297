"""A file with good and bad rows is uploaded, scored and downloaded, as an operator does it."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from backend.contract.definition import PRESETS
from backend.contract.predictions import FEATURE_NAMES
from tests.browser.console import System, settle, visit
from tests.storage.tables.excel.workbooks import workbook
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("browser")

GOOD_ROWS = 1_200
LONG_FILE = 20_000
STORED_SECONDS = 60


def test_a_file_with_good_and_bad_rows(system: System, page: Page, tmp_path: Path) -> None:
    inputs = _inputs(GOOD_ROWS)
    rows = [",".join(map(str, row)) for row in inputs.tolist()]
    rows[10:10] = ["1,2,3", rows[0].replace("37.76", "73.76")]
    _upload(page, system, _file(tmp_path, rows))
    expect(page.get_by_role("tab", name="Problems (2)")).to_be_visible()
    page.get_by_role("button", name=f"Score {GOOD_ROWS:,} rows").click()
    expect(page.get_by_text(f"n = {GOOD_ROWS:,}")).to_be_visible()
    expect(
        page.get_by_text(re.compile(rf"{GOOD_ROWS:,} of {GOOD_ROWS:,} rows, .* rows/s"))
    ).to_be_visible()

    problems = _download(page, "Download problems")
    assert [(row["row"], row["column"]) for row in problems] == [("12", ""), ("13", "Latitude")]
    scored = _download(page, f"Download {GOOD_ROWS:,} scored rows")
    numbers = [int(row["row"]) for row in scored]
    assert numbers == [*range(2, 12), *range(14, GOOD_ROWS + 4)]  # the header is row 1
    for name, column in zip(FEATURE_NAMES, inputs.T, strict=True):
        assert [float(row[name]) for row in scored] == column.tolist()
    expected = system.client.predict(PRESETS[0].features).prediction
    assert float(scored[0]["prediction"]) == pytest.approx(expected, abs=1e-9)
    last = scored[-1]
    query = "SELECT prediction FROM predictions WHERE prediction_id = ?"
    stored = wait_for(
        lambda: system.rows(query, last["prediction_id"]), STORED_SECONDS, "the last prediction"
    )
    assert stored == [(float(last["prediction"]),)]


def test_the_template_leads_to_prices(system: System, page: Page, tmp_path: Path) -> None:
    visit(page, system, "batch")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download template").click()
    download.value.save_as(tmp_path / "template.csv")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / "template.csv")
    page.get_by_role("button", name="Score 6 rows").click()
    scored = _download(page, "Download 6 scored rows")
    answers = system.client.predict_batch([district.features for district in PRESETS])
    assert [float(row["prediction"]) for row in scored] == pytest.approx(answers.predictions)


def test_a_workbook_with_other_names_is_asked_about(
    system: System, page: Page, tmp_path: Path
) -> None:
    names = ["income" if name == "MedInc" else name for name in FEATURE_NAMES]
    rows = [
        ["Houses of May"],
        ["plot", *names],
        *([n, *row] for n, row in enumerate(_inputs(6).tolist())),
    ]
    (tmp_path / "may.xlsx").write_bytes(workbook({"May": rows, "Notes": [["by hand"]]}))
    _upload(page, system, tmp_path / "may.xlsx")
    expect(page.get_by_text("Which columns are MedInc?")).to_be_visible()
    page.get_by_role("button", name="Use these columns").click()
    page.get_by_role("button", name="Score 6 rows").click()
    scored = _download(page, "Download 6 scored rows")
    assert [int(row["row"]) for row in scored] == list(range(3, 9))  # as the spreadsheet shows them
    assert [row["plot"] for row in scored] == [str(number) for number in range(6)]
    answers = system.client.predict_batch([district.features for district in PRESETS])
    assert [float(row["prediction"]) for row in scored] == pytest.approx(answers.predictions)
    assert [float(row["support"]) for row in scored] == pytest.approx(answers.supports)


def test_a_wrong_file_is_one_sentence(system: System, page: Page, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    _upload(page, system, tmp_path / "wrong.csv")
    expect(page.get_by_test_id("stAlert")).to_contain_text("The file has no column MedInc")


def test_what_was_scored_before_a_stop_is_kept(system: System, page: Page, tmp_path: Path) -> None:
    _begin_a_long_file(system, page, tmp_path, 4 * LONG_FILE)
    # At once: a click that waits until nothing moves would come when all is scored.
    page.locator(".st-key-batch_stop").get_by_role("button").dispatch_event("click")
    expect(page.get_by_role("button", name="Resume at row")).to_be_visible()
    settle(page)  # a download button drawn before is not the one of now
    scored = _download(page, re.compile(r"Download [\d,]+ scored rows"))
    assert [int(row["row"]) for row in scored] == list(range(2, len(scored) + 2))


@pytest.mark.usefixtures("mended")
def test_a_service_that_dies_in_the_middle_loses_nothing(
    system: System, page: Page, tmp_path: Path
) -> None:
    _begin_a_long_file(system, page, tmp_path, LONG_FILE)
    system.stop_service()
    stopped = page.get_by_text(re.compile(r"Stopped after [\d,]+ of 20,000 rows"))
    expect(stopped).to_be_visible()
    kept = int(re.search(r"after ([\d,]+) of", stopped.inner_text())[1].replace(",", ""))  # type: ignore[index]
    assert 0 < kept < LONG_FILE
    assert len(_download(page, f"Download {kept:,} scored rows")) == kept
    system.start_service()
    page.get_by_role("button", name=f"Resume at row {kept + 1:,}").click()
    scored = _download(page, f"Download {LONG_FILE:,} scored rows")
    assert [int(row["row"]) for row in scored] == list(range(2, LONG_FILE + 2))


def _begin_a_long_file(system: System, page: Page, folder: Path, number: int) -> None:
    rows = [",".join(map(str, row)) for row in _inputs(number).tolist()]
    _upload(page, system, _file(folder, rows))
    page.get_by_role("button", name=f"Score {number:,} rows").click()
    progress = re.compile(rf"[\d,]+ of {number:,} rows, [\d,]+ rows/s")
    expect(page.get_by_text(progress)).to_be_visible()


def _inputs(rows: int) -> np.typing.NDArray[np.float64]:
    known = np.array([district.inputs for district in PRESETS])
    return known[np.arange(rows) % len(known)]


def _file(folder: Path, rows: list[str]) -> Path:
    path = folder / "groups.csv"
    path.write_text("\n".join([",".join(FEATURE_NAMES), *rows]) + "\n")
    return path


def _upload(page: Page, system: System, path: Path) -> None:
    visit(page, system, "batch")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)


def _download(page: Page, button: str | re.Pattern[str]) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    text = download.value.path().read_text()
    return list(csv.DictReader(io.StringIO(text)))
